/** What a process is for: `api` answers and computes nothing, `worker` computes what others ask for, `all` does both. */
export const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];
