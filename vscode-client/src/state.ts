/** What the server is doing, as the status bar shows it. */
export enum ServerState {
  Starting = 'starting',
  Ready = 'ready',
  Checking = 'checking gradients',
  Stopped = 'stopped',
  Error = 'error',
}

/** A state with what the user should know about it: the reason of a stop, the cause of an error. */
export interface ServerStatus {
  readonly state: ServerState;
  readonly detail: string;
}
