import { expression, refusePolicy } from '../definition.ts';

const attributes = {
  thumbprint: expression('string'),
  'certificate-id': expression('string'),
  body: expression('string'),
  password: expression('string'),
};
const refused =
  'calls to backends do not carry client certificates yet; use a key header or authentication-managed-identity.';

/** As a child of send-request. */
export const noCertificates = { attributes, refused };

export const authenticationCertificate = refusePolicy({
  name: 'authentication-certificate',
  sections: ['inbound'],
  attributes,
  refused,
});
