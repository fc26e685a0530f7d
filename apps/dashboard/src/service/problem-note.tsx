import { ProblemError } from '@trainyard/client'
import { ExpectedError } from '@trainyard/contracts'

/** Why something did not work, and what to do: the service's own words. */
export function ProblemNote({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  const request = error instanceof ProblemError ? error.problem.requestId : undefined
  return (
    <p className="fault" role="alert">
      {problemMessage(error)}
      {request !== undefined && error instanceof ProblemError && error.problem.status >= 500 && <small> Request {request}</small>}
    </p>
  )
}

function problemMessage(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.detail
  if (error instanceof ExpectedError && error.code === 'API_UNREACHABLE')
    return 'The service does not answer. Is it running? This page tries again by itself.'
  return error instanceof Error ? error.message : 'Something unexpected went wrong.'
}
