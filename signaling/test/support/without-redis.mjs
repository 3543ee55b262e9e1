// To be imported before a program: in its process the package `redis` is not there.
import { register } from 'node:module'

const hook = `export const resolve = (name, context, next) => {
  if (name === 'redis') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hook)}`)
