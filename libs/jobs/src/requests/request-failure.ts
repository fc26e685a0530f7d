import { ExperimentError } from '@trainyard/contracts'

/** BullMQ keeps one text of a failure, so the error travels as JSON; any other text is BullMQ's own. */
export const failureText = (error: ExperimentError): string => JSON.stringify(error)

export function failureFrom(text: string): ExperimentError {
  try {
    return ExperimentError.parse(JSON.parse(text))
  } catch {
    return {
      class: 'infrastructure',
      code: 'TRAINER_CRASHED',
      message: 'Every worker that took it on ended before it could answer',
      advice: "Send it again; if it keeps failing, the workers' logs have the details.",
    }
  }
}
