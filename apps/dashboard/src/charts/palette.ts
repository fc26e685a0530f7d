/** Colour and dashes of a curve. */
export interface LineStyle {
  /** A CSS variable's name: light and dark have their own. */
  colour: string
  dash: readonly number[]
}

const COLOURS = 7
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]] as const

/**
 * Colours of Okabe and Ito, which readers with red-green colour blindness can distinguish (https://jfly.uni-koeln.de/color/); from the eighth curve on they
 * come again with another dash.
 */
export const lineStyle = (index: number): LineStyle => ({
  colour: `--series-${index % COLOURS}`,
  dash: DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? [],
})

/** What a canvas needs in place of a variable. */
export const colourNow = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable).trim()

/** Calls back when colours are others: the reader or the system went from light to dark. */
export function watchColours(onChange: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  media.addEventListener('change', onChange)
  return () => {
    observer.disconnect()
    media.removeEventListener('change', onChange)
  }
}
