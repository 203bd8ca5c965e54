import type { Command } from './command.ts';
import { bucketCreate } from './commands/bucket-create.ts';
import { bucketDelete, bucketEdit, bucketFlush, bucketList } from './commands/buckets.ts';
import { clusterInit } from './commands/cluster-init.ts';
import { collectionManage } from './commands/collection-manage.ts';
import { hostList, nodeInit, serverInfo, serverList } from './commands/servers.ts';
import { settingAutofailover, settingCluster, settingNotification } from './commands/settings.ts';
import { userChangePassword, userManage } from './commands/users.ts';

/** Commands of 7.x that are here, in the order of its help. */
export const commandTable: readonly Command[] = [
  bucketCreate,
  bucketDelete,
  bucketEdit,
  bucketFlush,
  bucketList,
  clusterInit,
  collectionManage,
  hostList,
  nodeInit,
  serverInfo,
  serverList,
  settingAutofailover,
  settingCluster,
  settingNotification,
  userChangePassword,
  userManage,
];
