import { commandFlags, ExperimentRequest } from '@trainyard/contracts'

/** The form of a new experiment. */
export const EXPERIMENT_FORM = { flags: commandFlags(ExperimentRequest), schema: ExperimentRequest }
