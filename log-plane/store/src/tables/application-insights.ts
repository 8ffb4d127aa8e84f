import { defineTable, type TableDefinition } from '../table-schema.ts';

/** Columns that all tables of Application Insights have. */
const telemetryColumns = {
  string: `AppRoleInstance AppRoleName AppVersion ClientBrowser ClientCity ClientCountryOrRegion ClientIP ClientModel
    ClientOS ClientStateOrProvince ClientType IKey OperationId OperationName ParentId ResourceGUID SDKVersion SessionId
    SyntheticSource UserAccountId UserAuthenticatedId UserId`,
  int: 'ItemCount',
  dynamic: 'Properties',
};

const defineTelemetry = ({ columns, ...rest }: TableDefinition) =>
  defineTable({
    ...rest,
    columns: {
      ...columns,
      string: `${telemetryColumns.string} ${columns.string ?? ''}`,
      int: `${telemetryColumns.int} ${columns.int ?? ''}`,
      dynamic: `${telemetryColumns.dynamic} ${columns.dynamic ?? ''}`,
    },
    longTexts: 'Properties',
  });

/** Tables of microsoft.insights/components. */
export const applicationInsightsTables = [
  defineTelemetry({
    name: 'AppRequests',
    description: 'Requests that an application answered.',
    columns: {
      string: 'Id Name PerformanceBucket ReferencedItemId ReferencedType ResultCode Source Url',
      real: 'DurationMs',
      bool: 'Success',
      dynamic: 'Measurements',
    },
  }),
  defineTelemetry({
    name: 'AppDependencies',
    description: 'Calls that an application made.',
    columns: {
      string: 'Data DependencyType Id Name ReferencedItemId ReferencedType ResultCode Target',
      real: 'DurationMs',
      bool: 'Success',
      dynamic: 'Measurements',
    },
  }),
  defineTelemetry({
    name: 'AppTraces',
    description: 'Messages that an application logged.',
    columns: { string: 'Message ReferencedItemId ReferencedType', int: 'SeverityLevel', dynamic: 'Measurements' },
  }),
  defineTelemetry({
    name: 'AppMetrics',
    description: 'Values that an application measured.',
    columns: { string: 'Name', real: 'Max Min Sum' },
  }),
  defineTelemetry({
    name: 'AppExceptions',
    description: 'Exceptions of an application.',
    columns: {
      string: `Assembly ExceptionType HandledAt InnermostAssembly InnermostMessage InnermostMethod InnermostType Message
        Method OuterAssembly OuterMessage OuterMethod OuterType ProblemId`,
      int: 'SeverityLevel',
      dynamic: 'Details Measurements',
    },
  }),
];
