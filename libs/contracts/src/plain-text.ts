/** Refuses what would break a terminal or a log line, and halves of characters. */
export const hasNoControlCharacters = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text)

/** The same where the text may have lines: tab and line feed are fine. */
export const hasOnlyLineControls = (text: string): boolean => !/[^\P{Cc}\t\n]|\p{Cs}/u.test(text)
