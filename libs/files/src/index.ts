export { download, DownloadError, hashOf } from './download.mjs'
export { linkOrCopy } from './link-or-copy.ts'
export { writeWhole } from './write-whole.ts'
