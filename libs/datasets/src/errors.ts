import { ExpectedError } from '@trainyard/contracts'
import { systemErrorCode } from './files/system-error.ts'

/** Files of a dataset are not there. */
export class DatasetMissingError extends ExpectedError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATASET_MISSING', message, options)
  }
}

/** A user's photo cannot be decoded. */
export class PhotoUnreadableError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('PHOTO_UNREADABLE', 'The photo cannot be decoded; send a whole JPEG or PNG file of at most 64 megapixels', options)
  }
}

/** A file of a dataset is there, but damaged. */
export class DatasetCorruptError extends ExpectedError {
  readonly file: string
  constructor({ file, fault, cause }: { file: string; fault: string; cause?: unknown }) {
    super('DATASET_CORRUPT', `${file} is damaged: ${fault}. Replace it with a good copy, or fetch or import the dataset again.`, { cause })
    this.file = file
  }
}

/** A download did not end well; what can be kept is kept, so that the next attempt goes on from there. */
export class DownloadFailedError extends ExpectedError {
  constructor({ url, fault, cause }: { url: string; fault: string; cause?: unknown }) {
    super('DOWNLOAD_FAILED', `${url} could not be downloaded: ${fault}. Check the network and try again.`, { cause })
  }
}

/** No space is left where a file was to be written. */
export class DiskFullError extends ExpectedError {
  constructor({ folder, needed, cause }: { folder: string; needed: string; cause?: unknown }) {
    super('DISK_FULL', `The disk that holds ${folder} has no room for ${needed}. Free some space there and try again.`, { cause })
  }
}

/** The data folder belongs to someone else, or its disk is mounted for reading only. */
export class FolderNotWritableError extends ExpectedError {
  constructor({ folder, cause }: { folder: string; cause?: unknown }) {
    super(
      'CONFIG_INVALID',
      `Nothing can be written into ${folder}. Choose another data folder, or give this user the right to write there.`,
      { cause },
    )
  }
}

/** Runs what writes into `folder`; what its disk refuses becomes an expected error. */
export async function withWriteErrors<T>({ folder, needed }: { folder: string; needed: string }, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const code = systemErrorCode(error)
    if (FULL_CODES.includes(code)) throw new DiskFullError({ folder, needed, cause: error })
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) throw new FolderNotWritableError({ folder, cause: error })
    throw error
  }
}

/** What systems say where a disk, or a user's share of it, is full. */
export const FULL_CODES = ['ENOSPC', 'EDQUOT']
