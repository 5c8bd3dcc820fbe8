/**
 * Runs one job at a time. Requests that arrive during a run share one further run, so that a burst of
 * changed settings restarts the server once more and not five times.
 */
export class Serial {
  private current: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly job: () => Promise<void>) {}

  /** Resolves when a run that began after this call has ended. */
  request(): Promise<void> {
    if (!this.current) {
      this.current = this.job().finally(() => {
        this.current = undefined;
      });
      return this.current;
    }
    this.next ??= this.current.then(ignore, ignore).then(() => {
      this.next = undefined;
      return this.request();
    });
    return this.next;
  }
}

function ignore(): void {}
