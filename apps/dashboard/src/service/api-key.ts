const NAME = 'trainyard-api-key'

/** The key of this tab: it leaves with the tab, and stands in no address. */
export const readApiKey = (): string | undefined => sessionStorage.getItem(NAME) ?? undefined

export function keepApiKey(apiKey: string | undefined): void {
  if (apiKey === undefined) sessionStorage.removeItem(NAME)
  else sessionStorage.setItem(NAME, apiKey)
}
