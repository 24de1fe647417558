import { fork, type ChildProcess } from 'node:child_process';

/** Starts a module of the bench as a process of its own. `execArgv` is node's. */
export function startChild(module: URL): ChildProcess {
  return fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
}

/** Sends one message and waits for `{ report }` or `{ error }`. */
export function ask<T>(child: ChildProcess, message: object): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const answered = (answer: { report?: T; error?: string }): void => {
      child.off('exit', died);
      if (answer.error === undefined) resolve(answer.report as T);
      else reject(new Error(answer.error));
    };
    const died = (code: number | null): void => {
      child.off('message', answered);
      reject(new Error(`a process of the bench ended with ${code}`));
    };
    child.once('message', answered);
    child.once('exit', died);
    child.send(message);
  });
}
