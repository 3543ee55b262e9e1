/**
 * Gives the browser a reason to collect what nothing refers to. Chromium allows a page 500 connections and counts
 * closed ones until they are collected; but these weigh so little that it may never come to that by itself. So some
 * weight is made and let go at once. No page of it is ever touched, so it takes no memory of the machine.
 */
export const promptCollection = (): void => {
  Array.from({ length: parts }, () => new ArrayBuffer(partBytes))
}

/** One large piece does not do it. */
const parts = 8
const partBytes = 16 * 1024 * 1024
