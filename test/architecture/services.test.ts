import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { readRepositoryFile } from './repository-files.ts';

function parseYaml(path: string): unknown {
  const document = parseDocument(readRepositoryFile(path));
  expect(document.errors).toEqual([]);
  expect(document.warnings).toEqual([]);
  return document.toJS();
}

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
}

describe('docker-compose.yml', () => {
  const { services } = parseYaml('docker-compose.yml') as {
    readonly services: Readonly<Record<string, Service>>;
  };

  test('has a MongoDB that is a replica set, which change streams need, and a PostgreSQL', () => {
    expect(Object.keys(services).sort()).toEqual(['mongo', 'postgres']);
    expect(services['mongo']).toMatchObject({ image: expect.stringMatching(/^mongo:/) });
    expect(JSON.stringify(services['mongo'])).toContain('--replSet');
    expect(services['postgres']).toMatchObject({ image: expect.stringMatching(/^postgres:/) });
  });

  test('offers its ports on the loopback address alone', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe('.github/workflows/ci.yml', () => {
  const workflow = parseYaml('.github/workflows/ci.yml') as {
    readonly jobs: Readonly<Record<string, unknown>>;
  };

  test('tests against real servers, on each supported Node', () => {
    const text = JSON.stringify(workflow.jobs);
    const named = ['mongo', 'postgres', 'MONGODB_TEST_URI', 'POSTGRES_TEST_URI', 'npm ci', 'npm test'];
    expect(named.filter((part) => !text.includes(part))).toEqual([]);
    expect(workflow.jobs['test']).toMatchObject({ strategy: { matrix: { node: [20, 22] } } });
  });
});
