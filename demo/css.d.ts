/** The bundler makes `main.css` of what is imported so. */
declare module '*.css'
