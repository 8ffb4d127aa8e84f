import { defineTable, type TableDefinition } from '../table-schema.ts';

const defineCompanion = (definition: TableDefinition) =>
  defineTable({ ...definition, sourceSystem: 'Vigia', isBillable: false });

/** Facts that Azure has no table for: they stand beside Azure's tables, so that those keep exactly Azure's columns. */
export const companionTables = [
  defineCompanion({
    name: 'VigiaTokenUsage',
    description: 'Tokens of each call to a language model, with where the numbers are from (TokenSource).',
    columns: {
      string: 'CorrelationId Source DeploymentName ModelName TokenSource',
      long: 'PromptTokens CompletionTokens TotalTokens',
      bool: 'IsStreamCompletion',
      real: 'TimeToFirstTokenMs',
    },
  }),
  defineCompanion({
    name: 'VigiaMetricSample',
    description: 'Every measured value with its dimensions; AzureMetrics has the sums of a minute.',
    columns: { string: 'ResourceId MetricName UnitName', real: 'Value', dynamic: 'Dimensions' },
  }),
  defineCompanion({
    name: 'VigiaCaptureLoss',
    description: 'What is known of records that could not be kept.',
    columns: {
      string: 'Source Reason',
      long: 'LostRecords LostRows LostBytes',
      datetime: 'FirstLost LastLost',
    },
  }),
];
