# The requests of identity providers that use OAuth 2.0 client credentials, with access tokens that expire in between.
use strict;
use warnings;
use Test::More;
use MIME::Base64 'encode_base64';
use ScimOAuth;
use ScimTest;

my $grant = 'client_credentials';
sub basic { return 'Basic ' . encode_base64(join(':', @_), '') }

# Entra ID: client id and secret in the body, with a scope.
my $entra = sub { my ($id, $secret) = @_; return ({ grant_type => $grant, client_id => $id, client_secret => $secret, scope => 'https://scim.example.org/.default' }) };
as_provider('Entra ID', $_, $entra) for 'idp_entra_plain.t', 'idp_entra_flag.t';

# Okta: Basic, with a scope.
my $okta = sub { my ($id, $secret) = @_; return ({ grant_type => $grant, scope => 'scim' }, Authorization => basic($id, $secret), Accept => 'application/json') };
as_provider('Okta', $_, $okta) for 'idp_okta_oin.t', 'idp_okta_aiw.t';

# SAP Identity Provisioning: Basic.
as_provider('SAP', 'idp_sap.t', sub { my ($id, $secret) = @_; return ({ grant_type => $grant }, Authorization => basic($id, $secret)) });

# ConnId: client id and secret in the body.
as_provider('ConnId', 'idp_connid.t', sub { my ($id, $secret) = @_; return ({ grant_type => $grant, client_id => $id, client_secret => $secret }, Accept => '*/*') });

done_testing;
