import { expect, it } from 'vitest';
import { npmrcFor } from '#provision/image/own/host-npm.ts';

it('passes on how the registry is reached, and nothing else of an npmrc', () => {
  const text = [
    'registry=http://10.0.0.1:4873/',
    '@mine:registry = http://10.0.0.2/',
    '//10.0.0.1:4873/:_authToken=${TOKEN}',
    'prefix=/home/somebody',
    'cache=/tmp/x',
    'nodedir=/usr',
    'cafile=/etc/own.pem',
    '; registry=commented',
  ].join('\n');
  const lines = npmrcFor([text], { TOKEN: 'secret' }, '/run/ca.pem').split('\n');
  expect(lines).toEqual([
    'registry=http://10.0.0.1:4873/',
    '@mine:registry = http://10.0.0.2/',
    '//10.0.0.1:4873/:_authToken=secret',
    'cafile=/run/ca.pem',
    'audit=false',
    'fund=false',
    'fetch-retries=6',
    '',
  ]);
});

it('lets the environment win, as npm does', () => {
  const env = {
    npm_config_registry: 'http://10.0.0.3/',
    NPM_CONFIG_STRICT_SSL: 'false',
    npm_config_noproxy: '',
    npm_config_prefix: '/x',
  };
  const lines = npmrcFor(['registry=http://10.0.0.1/'], env, undefined).split('\n');
  expect(lines.slice(0, 3)).toEqual(['registry=http://10.0.0.1/', 'registry=http://10.0.0.3/', 'strict-ssl=false']);
  expect(lines.join(' ')).not.toMatch(/cafile|prefix|noproxy/);
});
