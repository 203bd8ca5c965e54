/** Sums of etcd's metrics by name and, where it has them, by member: text of `/metrics` (Prometheus exposition format 0.0.4). */
export function readMetrics(text: string): Metrics {
  const samples = text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, to: /\bTo="([^"]*)"/.exec(labels)?.[1], value: Number(value) }];
  });
  const sum = (found: typeof samples) => found.reduce((total, { value }) => total + value, 0);
  return {
    total: (name) => sum(samples.filter((sample) => sample.name === name)),
    to: (name, member) => sum(samples.filter((sample) => sample.name === name && sample.to === member)),
  };
}

export interface Metrics {
  /** 0 when etcd has no such metric. */
  total(name: string): number;
  /** Of the samples for messages to a member, by its hexadecimal id. */
  to(name: string, member: string): number;
}
