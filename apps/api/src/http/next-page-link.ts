/** A CSV has no place for the token, so every page also has it as a link. */
export function nextPageLink(url: string, pageToken: string): string {
  const [path = '', query] = url.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('pageToken', pageToken)
  return `<${path}?${parameters}>; rel="next"`
}
