/** Prints rows below each other; the first column names them. */
export const printTable = (rows: readonly (readonly string[])[]): void => {
  const widthOf = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0))
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widthOf(i)) : cell.padStart(widthOf(i))))
    console.log(`  ${cells.join('  ')}`.trimEnd())
  }
}
