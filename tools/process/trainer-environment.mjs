/** What a process that trains is started with; apps/worker/src/process/trainer-environment.ts has the reason, and a test holds the two together. */
export const TRAINER_ENVIRONMENT = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }
