import { ExperimentRequest } from '@trainyard/contracts'
import { commandFlags } from '@trainyard/schema-fields'

/** The form of a new experiment. */
export const EXPERIMENT_FORM = { flags: commandFlags(ExperimentRequest), schema: ExperimentRequest }
