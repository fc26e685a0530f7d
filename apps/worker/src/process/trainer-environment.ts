/**
 * What a process that trains is started with, where its user has not said otherwise; tools/process/trainer-environment.mjs says the same for the terminal.
 * glibc then asks the kernel for huge pages: measured on two cores, 4 % off an epoch of the notebook's network. An older glibc ignores it.
 */
export const TRAINER_ENVIRONMENT: Readonly<Record<string, string>> = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }
