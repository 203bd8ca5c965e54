import { formOf } from '../../form.ts';
import { failed, report, switchValues, truth, type Command } from '../command.ts';

/** setting-cluster of 7.x: quotas and name, then the administrator. */
export const settingCluster: Command = {
  name: 'setting-cluster',
  description: 'Modify cluster settings',
  options: [
    { name: 'cluster-username', takes: 'value' },
    { name: 'cluster-password', takes: 'value' },
    { name: 'cluster-port', takes: 'integer' },
    { name: 'cluster-ramsize', takes: 'integer' },
    { name: 'cluster-index-ramsize', takes: 'integer' },
    { name: 'cluster-fts-ramsize', takes: 'integer' },
    { name: 'cluster-name', takes: 'value' },
  ],
  run: async ({ client, option }) => {
    const form = formOf({
      memoryQuota: option('cluster-ramsize'),
      indexMemoryQuota: option('cluster-index-ramsize'),
      ftsMemoryQuota: option('cluster-fts-ramsize'),
      clusterName: option('cluster-name'),
    });
    if (Object.keys(form).length > 0) {
      const set = await client.send('POST', '/pools/default', form);
      if ('errors' in set) return failed(set.errors);
    }
    const [name, password, port] = ['username', 'password', 'port'].map((what) => option(`cluster-${what}`));
    const done = 'Cluster settings modified';
    if (name === undefined && password === undefined && port === undefined)
      return { code: 0, lines: [`SUCCESS: ${done}`] };
    const administrator = formOf({
      username: name ?? client.user,
      password: password ?? client.password,
      port: port ?? 'SAME',
    });
    return report(client.send('POST', '/settings/web', administrator), done);
  },
};

export const settingAutofailover: Command = {
  name: 'setting-autofailover',
  description: 'Modify auto failover settings',
  options: [
    { name: 'enable-auto-failover', takes: 'value', choices: switchValues },
    { name: 'auto-failover-timeout', takes: 'integer' },
  ],
  run: async ({ client, option }) => {
    const [enabled, timeout] = [option('enable-auto-failover'), option('auto-failover-timeout')];
    if (enabled === undefined && timeout === undefined) return failed(['No settings specified to be changed']);
    if (enabled === undefined)
      return failed(['--enable-auto-failover must be set to 1 when auto-failover settings are being configured']);
    const form = formOf({ enabled: truth(enabled), timeout });
    return report(client.send('POST', '/settings/autoFailover', form), 'Auto-failover settings modified');
  },
};

export const settingNotification: Command = {
  name: 'setting-notification',
  description: 'Modify software notification settings',
  options: [{ name: 'enable-notifications', takes: 'value', required: true, choices: switchValues }],
  run: ({ client, option }) => {
    const form = formOf({ sendStats: truth(option('enable-notifications')) });
    return report(client.send('POST', '/settings/stats', form), 'Notification settings updated');
  },
};
