import { constants, copyFile, link } from 'node:fs/promises'

/** A second name for the same bytes takes no space and stays when the first is removed; other disks and some file systems need a copy. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE))
}
