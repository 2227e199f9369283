#!/usr/bin/perl
# The tenant and the base URL that scimctl takes from the environment.
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use ScimCluster;
use Test::More;

start_cluster();
quietly("$bin/createdb", '--encoding=UTF8', '--template=template0', 'scim');
is((run(qw(db init)))[0], 0, 'a database');
is((run(qw(tenant add acme)))[0], 0, 'a tenant');
is((run(qw(tenant add globex)))[0], 0, 'another one');
is((run(qw(user add ann --tenant acme)))[0], 0, 'with a user');

my $usage = qr/^scimctl: user list needs --tenant; usage: scimctl user list /;
is_run([qw(user list)], 2, '', $usage, 'no tenant is said');
{
    local $ENV{SCIM_TENANT} = '';
    is_run([qw(user list)], 2, '', $usage, 'an empty name is none');
}
{
    local $ENV{SCIM_TENANT} = 'acme';
    is_run([qw(user list)], 0, qr/^User name .*\nann /, '', 'the tenant of the environment');
    is_run([qw(user list --all-tenants)], 0, qr/^Tenant .*\nacme +ann /, '', 'all tenants');
    is_run([qw(user list --tenant globex)], 0, qr/^User name [^\n]*\n\z/, '', 'one that is said comes first');
    is_run([qw(user show --tenant)], 2, '', qr/needs a value/, 'a mistake is not mended by it');
    is_run([qw(export)], 0, qr/^\{\n  "tenant": \{/, '', 'a command that is no operation');
    is_run([qw(tenant show)], 2, '', qr/^scimctl: tenant show needs TENANT; /, 'a command about a tenant has to name it');
    is_run([qw(tenant remove)], 2, '', qr/^scimctl: tenant remove needs TENANT; /, 'above all one that removes it');
    is sql('select count(*) from scim.tenant'), 2, 'they are there';
    local $ENV{SCIM_TENANT} = 'nobody';
    is_run([qw(user list)], 1, '', qr/^scimctl: There is no tenant "nobody"/, 'one that is not there');
}

is_run([qw(tenant show acme)], 0, qr/^Tenant +acme\n(?!.*Base URL)/s, '', 'the base URL is not known');
{
    local $ENV{SCIM_BASE_URL} = 'https://id.example.com/scim/v2/{tenant}';
    is_run([qw(tenant show acme)], 0, qr{^Base URL +https://id\.example\.com/scim/v2/acme$}m, '', 'it is');
    is_run([qw(token add --tenant globex --name entra)], 0, qr/^scim_[0-9A-Za-z]{59}\n\z/,
        qr{^The identity provider's base URL is https://id\.example\.com/scim/v2/globex\.$}m, 'told with a token');
    is run_json(qw(tenant show acme))->{baseUrl}, 'https://id.example.com/scim/v2/acme', 'in JSON';
    local $ENV{SCIM_BASE_URL} = 'https://acme.example.com/scim/v2';
    is run_json(qw(tenant show acme))->{baseUrl}, undef, 'one without {tenant} is of nobody knows which tenant';
    local $ENV{SCIM_TENANT} = 'acme';
    is run_json(qw(tenant show acme))->{baseUrl}, 'https://acme.example.com/scim/v2', 'of that of the environment';
    is run_json(qw(tenant show globex))->{baseUrl}, undef, 'and not of another one';
    local $ENV{SCIM_BASE_URL} = 'http://127.0.0.1:9/scim';
    my ($code, $out, $err) = run(qw(connection test --json));
    is $code, 1, 'a connection test that does not pass ends with 1';
    is $err, '', 'without a message';
    my $tried = JSON::PP::decode_json($out);
    is $tried->{baseUrl}, 'http://127.0.0.1:9/scim', 'what `connection test` asks where nothing else is said';
    ok !$tried->{passed}, 'where nobody answers';
}
is_run([qw(connection test --tenant acme)], 2, '', qr/^scimctl: url: is missing: scimctl does not read httpd's configuration\. Give it, or set SCIM_BASE_URL\.$/, 'without it');

done_testing();
