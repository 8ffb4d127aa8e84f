/** The parts of an ARM id that Azure Monitor's columns hold: upper case in AzureDiagnostics and AzureMetrics. */
export interface AzureResource {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly provider: string;
  readonly type: string;
  readonly name: string;
}

/** `/subscriptions/…/resourceGroups/…/providers/Microsoft.X/kind/name` in its parts. */
export function partsOfId(id: string): AzureResource {
  const part = id.split('/');
  return {
    subscriptionId: part[2] ?? '',
    resourceGroup: part[4] ?? '',
    provider: part[6] ?? '',
    type: part[7] ?? '',
    name: part.at(-1) ?? '',
  };
}

/** The columns of AzureDiagnostics that name the resource. */
export function diagnosticsColumnsOf(id: string): Readonly<Record<string, string>> {
  const resource = partsOfId(id);
  return {
    ResourceId: id.toUpperCase(),
    Resource: resource.name.toUpperCase(),
    ResourceGroup: resource.resourceGroup.toUpperCase(),
    ResourceProvider: resource.provider.toUpperCase(),
    ResourceType: resource.type.toUpperCase(),
    SubscriptionId: resource.subscriptionId,
    _ResourceId: id.toLowerCase(),
  };
}

export const isoOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
