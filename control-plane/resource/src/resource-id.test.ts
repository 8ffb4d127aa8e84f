import { describe, expect, test } from 'vitest';
import { fileNameOf, nameOfFile } from './file-name.ts';
import { parseResourceId } from './resource-id.ts';

const s = '/subscriptions/11111111-aaaa-1111-1111-111111111111';

describe('parseResourceId', () => {
  test.each([
    ['a subscription', s, 'Microsoft.Resources/subscriptions', s, undefined],
    ['a resource group', `${s}/resourcegroups/Rg`, 'Microsoft.Resources/resourceGroups', `${s}/resourceGroups/Rg`, s],
    [
      'an upper-case subscription and a slash at the end',
      `${s.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')}/resourceGroups/rg/`,
      'Microsoft.Resources/resourceGroups',
      `${s}/resourceGroups/rg`,
      s,
    ],
    [
      'an operation in lower case',
      `${s}/resourcegroups/rg/providers/microsoft.apimanagement/service/S/APIS/a/Operations/Chat_Create`,
      'Microsoft.ApiManagement/service/apis/operations',
      `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/S/apis/a/operations/Chat_Create`,
      `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/S/apis/a`,
    ],
    [
      'an extension',
      `${s}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a/providers/microsoft.insights/diagnosticsettings/x`,
      'Microsoft.Insights/diagnosticSettings',
      `${s}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a/providers/Microsoft.Insights/diagnosticSettings/x`,
      `${s}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a`,
    ],
    [
      'an extension of a subscription',
      `${s}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-3333-3333-333333333333`,
      'Microsoft.Authorization/roleAssignments',
      `${s}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-3333-3333-333333333333`,
      s,
    ],
    [
      'a type that is not known keeps its casing below the known part',
      `${s}/resourceGroups/rg/providers/microsoft.apimanagement/service/s/Caches/default`,
      'Microsoft.ApiManagement/service/Caches',
      `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/s/Caches/default`,
      `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/s`,
    ],
  ])('%s', (_name, text, type, id, parent) => {
    expect(parseResourceId(text)).toMatchObject({ type, id, key: id.toLowerCase(), ...(parent ? { parent } : {}) });
    expect(parseResourceId(text)?.parent).toBe(parent);
  });

  test.each([
    '',
    '/',
    'subscriptions/x',
    '/subscriptions',
    `${s}/resourceGroups`,
    `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement`,
    `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service`,
    `${s}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/s/apis`,
    `${s}//resourceGroups/rg`,
    `${s}/other/x`,
  ])('no id: %s', (text) => {
    expect(parseResourceId(text)).toBeUndefined();
  });

  test('the scope is what an extension is attached to, and nothing else has one', () => {
    const account = `${s}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a`;
    expect(parseResourceId(account)?.scope).toBeUndefined();
    expect(parseResourceId(`${account}/providers/Microsoft.Insights/diagnosticSettings/x`)?.scope).toBe(account);
  });
});

describe('names of folders', () => {
  test.each([
    ['azure-openai;rev=2', 'azure-openai;rev=2'],
    ['Chat Completions', 'Chat Completions'],
    ['..', '%2E%2E'],
    ['.git', '%2Egit'],
    ['a:b', 'a%3Ab'],
    ['a\\b', 'a%5Cb'],
    ['50%', '50%25'],
    ['con', '%63on'],
    ['NUL.txt', '%4EUL.txt'],
    ['dot.', 'dot%2E'],
    ['space ', 'space%20'],
    ['line\nbreak', 'line%0Abreak'],
    ['ação', 'ação'],
  ])('%j is kept as %j, and comes back', (name, fileName) => {
    expect(fileNameOf(name)).toBe(fileName);
    expect(nameOfFile(fileName)).toBe(name);
  });

  test.each(['%41', 'a%2', 'x%zz', '..', 'con', 'dot.'])('%j is no name that we give', (fileName) => {
    expect(nameOfFile(fileName)).toBeUndefined();
  });
});
