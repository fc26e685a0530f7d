import { z } from 'zod'
import { CachedSplit } from '../datasets/dataset.ts'
import { Engine } from '../experiments/experiment.ts'
import { Gpu } from './gpu.ts'
import { TrainingSpeed } from './training-speed.ts'

export const WorkerSlot = z
  .object({
    slot: z.int(),
    experimentId: z.string().nullable().describe('what it runs now'),
    trainer: z.enum(['starting', 'idle', 'busy', 'restarting']),
    gpu: z.int().nullable().describe("the index of its trainer's GPU; null: it has none"),
  })
  .meta({ id: 'WorkerSlot' })
export type WorkerSlot = z.infer<typeof WorkerSlot>

export const WorkerInfo = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    version: z.string().describe('of Trainyard'),
    configVersion: z.int().describe('newest config version that it can run'),
    pools: z.array(z.string()),
    engine: Engine.nullable().describe('null until its trainer has loaded one'),
    speed: TrainingSpeed.nullable().describe('measured by its trainer; null until then'),
    memoryBytes: z.number().describe('limit for one experiment, in bytes'),
    slots: z.array(WorkerSlot),
    gpus: z.array(Gpu).describe('those that its trainers use, as measured in the last 15 s'),
    cachedSplits: z.array(CachedSplit).describe('decoded splits in its cache'),
    draining: z.boolean(),
    unhealthyReason: z.string().nullable().describe('why it takes no experiments; null: it takes them'),
    startedAt: z.iso.datetime(),
    lastHeartbeatAt: z.iso.datetime(),
  })
  .meta({ id: 'Worker' })
export type WorkerInfo = z.infer<typeof WorkerInfo>

export const WorkerList = z.object({ items: z.array(WorkerInfo) }).meta({ id: 'WorkerList' })
export type WorkerList = z.infer<typeof WorkerList>
