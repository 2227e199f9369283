# `apachectl configtest` reports wrong settings, and says what to write instead.
use strict;
use warnings;
use Test::More;
use ScimTest;

plan skip_all => 'missing: threads' if $ENV{SCIM_TEST_MPM} eq 'prefork';

my $work = $ENV{SCIM_TEST_WORK};
mkdir "$work/configtest";
my $base = do { local (@ARGV, $/) = "$work/t/base.conf"; <> };
my $n = 0;

# A small configuration with the tested directives; %change replaces its parts.
sub configtest {
    my (%change) = @_;
    my %part = (
        load => $base,
        dbd => "DBDriver pgsql\nDBDParams \"host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3\"\nDBDMax 25\n",
        schemas => "ScimSchemaDir $work/schemas\n", console => "ScimConsoleDir $work/console\n", server => '', location => '', handler => "SetHandler scim\n",
        tenant => "ScimTenant path\n", path => '"/scim/v2"', %change);
    my $file = "$work/configtest/" . ++$n . '.conf';
    open my $out, '>', $file or die "$file: $!";
    print $out "ServerRoot $work\nServerName localhost\nPidFile $work/configtest/pid\nErrorLog $work/configtest/error_log\n",
        "DefaultRuntimeDir $work/configtest\nListen 127.0.0.1:$ScimTest::PORT\nThreadsPerChild 25\n",
        "$part{load}\n$part{dbd}$part{schemas}$part{console}$part{server}\n",
        "<Location $part{path}>\n$part{handler}$part{tenant}$part{location}</Location>\n";
    close $out;
    return run_ok("$work/bin/httpd", '-t', '-f', $file);
}
sub fails {
    my ($text, $name, %change) = @_;
    my ($out, $code) = configtest(%change);
    isnt($code, 0, "$name: refused");
    like($out, $text, "$name: the text");
    unlike($out, qr/Syntax OK/, "$name: not OK");
}
sub passes {
    my ($name, %change) = @_;
    my ($out, $code) = configtest(%change);
    is($code, 0, "$name: accepted") or diag $out;
    like($out, qr/Syntax OK/, "$name: OK");
    return $out;
}

my $plain = passes('the plain configuration');
unlike($plain, qr/mod_scim/, 'has no warnings');

# Each directive's wrong values
my %wrong = (
    ScimPageSize => ['', '10', '0 10', '20 10', 'x 10', '10 x', '1 1000000', '-1 5', '1 2 3'],
    ScimCursorTimeout => ['', '0', '-1', 'x', '500ms', '8d', '169h', '1 2'],
    ScimMaxBody => ['', '0', '-1', 'x', '1.5', '99999999999999', '1 2'],
    ScimMaxDepth => ['', '0', '7', '1000', 'x'],
    ScimBulkLimits => ['', '10', '0 10', '10 0', '10001 10', 'x 10', '10 x', '1 2 3', '10 99999999999999'],
    ScimDatabaseTimeout => ['', '0', '-1', 'x', '99999999'],
    ScimDatabaseWait => ['', '0', 'x'],
    ScimAdminTimeout => ['', '0', '-1', 'x', '11min', '1 2'],
    ScimBulkTimeout => ['', '0', '-1', 'x', '11min', '1 2'],
    ScimRequireTLS => ['', 'maybe'],
    ScimConsole => ['', 'maybe'],
    ScimFailureLimit => ['', '5', '0 5', '5 0', 'x 5', '5 x', '100001 1', '1 3601', 'off 5', '1 2 3'],
    ScimTenantShare => ['', '0', '101', 'x', '50%', '50 0', '50 x', '1 2 3'],
    ScimPatchResponse => ['', 'User', 'User maybe', 'Nothing body'],
    ScimBaseURL => ['', '"https://x/a b"', '" https://x/a"', '"https://x/a\\\\b"', 'https://x/<a>', 'https://x/ä', 'scim.example.org', '/scim/v2', 'ftp://x/y', 'https://', 'https://x/y?z', 'https://x/y#z', 'https://x/{Tenant}',
        'https://x/{tenant', 'https://x/tenant}', 'https://x/{{tenant}}', 'https://x/{}'],
    ScimDocumentationURI => ['', 'docs', 'ftp://x', '"https://x/a b"'],
    ScimSyncPolicy => ['', 'none', 'all groups'],
    ScimAccount => ['', '"%{"', '"%{nothing:x}"', '"a" "b"'],
    ScimLink => ['', '"a"', '"%{" "b"', '"a" "%{"'],
    ScimFacts => ['', 'on', 'env headers'],
    ScimAccessTokenLife => ['', '0', '59', 'x', '25h', '1 2'], ScimBasicTokens => ['', 'maybe'], ScimClient => ['', '"%{"', '"a" first'],
    (map { $_ => ['', '0', '-1', 'x', '25h', '1 2'] } qw(ScimFactsCache ScimFactsGrace)),
    ScimSpoolDir => ['', '/nothing/here', "$work/mod_scim.so", '/tmp /tmp'],
);
for my $directive (sort keys %wrong) {
    fails(qr/$directive/, "$directive $_", location => "$directive $_\n") for @{ $wrong{$directive} };
}
my %right = (
    ScimCursorTimeout => ['1', '90s', '5min', '168h'],
    ScimPageSize => ['1 1', '100 500'], ScimMaxBody => ['1', '1048576'], ScimMaxDepth => ['8', '64'], ScimBulkLimits => ['1 1', '10000 1073741824'],
    ScimDatabaseTimeout => ['2', '500ms', '1min'], ScimDatabaseWait => ['1s'], ScimAdminTimeout => ['5', '500ms', '10min'],
    ScimBulkTimeout => ['45', '500ms', '10min'],
    ScimRequireTLS => ['on', 'Off'],
    ScimConsole => ['on', 'Off'],
    ScimFailureLimit => ['off', 'OFF', '1 1', '100000 3600'],
    ScimTenantShare => ['1', '100', '50 25', '100 100'],
    ScimPatchResponse => ['User none', 'group Body'], ScimBaseURL => ['https://x.example/scim/v2/', 'http://[::1]:8080/s', 'https://{tenant}.x.example/scim',
        'https://x.example/scim/{tenant}/', 'https://{tenant}.x.example:8443/{tenant}'],
    ScimDocumentationURI => ['https://x.example/docs?x#y'], ScimSyncPolicy => ['manual', 'all', 'Groups'],
);
for my $directive (sort keys %right) {
    passes("$directive $_", location => "$directive $_\n") for @{ $right{$directive} };
}

# The tenant
fails(qr/ScimTenant/, "ScimTenant $_", tenant => "ScimTenant $_\n")
    for '', 'nothing', 'fixed', 'path x', 'host x', 'fixed UPPER', 'fixed "a b"', 'fixed -x', 'expr', 'expr "%{HTTP:x"',
    'fixed ' . 'a' x 64;
passes("ScimTenant $_", tenant => "ScimTenant $_\n") for 'path', 'host', 'fixed a-b_1', 'expr "%{HTTP:X-Tenant}"', 'PATH';
fails(qr/ScimTenant/, 'SetHandler scim without ScimTenant', tenant => '');
fails(qr/ScimTenant/, 'ScimTenant outside of a Location', server => "ScimTenant path\n");
fails(qr/ScimTenant/, 'ScimTenant in a Location with a pattern', path => '~ "/scim/v[2]"');
fails(qr/ScimTenant/, 'ScimTenant in a Location with wildcards', path => '"/scim/*"');
passes("ScimTenant $_ in another section", server => "<LocationMatch \"^/app\">\nScimTenant $_\nRequire scim-user\n</LocationMatch>\n<Directory />\nScimTenant $_\n</Directory>\n")
    for 'host', 'fixed acme', 'expr "%{HTTP:X-Tenant}"';
fails(qr/ScimTenant must be directly/, 'ScimTenant path in a LocationMatch', server => "<LocationMatch \"^/app\">\nScimTenant path\n</LocationMatch>\n");

# Decisions for applications
sub app { return (server => "<Location \"/app\">\nScimTenant fixed acme\n$_[0]\n</Location>\n") }
passes("Require scim-$_", app("Require scim-$_")) for 'user', 'user kim "lee lee"', 'role a', 'group "a, b"', 'entitlement "%{env:X}"', 'flag a b';
fails(qr/Require scim-(\w+)/, "Require scim-$_", app("Require scim-$_")) for 'role', 'group', 'entitlement', 'flag', 'flag ""', 'role "%{"', "user \xff";
passes('negated', app("<RequireAll>\nRequire scim-user\nRequire not scim-flag blocked\n</RequireAll>"));
fails(qr/Require scim-\.\.\. needs ScimTenant/, 'Require without ScimTenant', handler => '', tenant => '', location => "Require scim-user\n");
passes('without the endpoint', handler => '', tenant => "ScimTenant fixed acme\n", location => "Require scim-user\n", schemas => '');
fails(qr/DBDriver must be pgsql/, 'without a database', handler => '', tenant => "ScimTenant fixed acme\n", location => "Require scim-user\n", dbd => '');
passes("ScimFactsPrefix $_", server => "ScimFactsPrefix $_\n") for 'X-Scim-', 'Remote-', 'X-9-';
fails(qr/ScimFactsPrefix/, "ScimFactsPrefix $_", server => "ScimFactsPrefix $_\n") for '', 'X', 'X-', 'X-Scim', '9x-', 'X_Scim-', 'X-Sc im-', '"X-\xc3-"', 'X' x 32 . '-';
fails(qr/ScimFactsPrefix/, 'ScimFactsPrefix in a Location', location => "ScimFactsPrefix X-Scim-\n");
passes("ScimFacts $_", location => "ScimFacts $_\n") for 'off', 'env', 'Headers', 'both';

fails(qr/ScimBaseURL/, 'ScimBaseURL outside of a Location', server => "ScimBaseURL https://x.example\n");
my @admin = (handler => "SetHandler scim-admin\n", tenant => '', server => "<Location \"/scim\">\nSetHandler scim\nScimTenant path\n</Location>\n");
fails(qr/ScimBaseURL must have \{tenant\} where the tenant's name is, as in https:\/\/x\.example\/scim\/v2\/\{tenant\}/,
    'a base URL for several tenants', @admin, location => "ScimBaseURL https://x.example/scim/v2/\n");
passes('a base URL for each tenant', @admin, location => "ScimBaseURL https://x.example/scim/v2/{tenant}\n");
passes('a base URL for the one tenant', @admin, location => "ScimBaseURL https://x.example/scim/v2\nScimAdminTenant acme\n");
# The console
my $nothing = "ScimConsoleDir /nothing/here\n";
my $no_page = qr{ScimConsoleDir: /nothing/here/index\.html is missing};
unlike(passes('a console', @admin), qr/ScimConsole/, 'no warnings');
fails($no_page, 'a directory without the page', @admin, console => $nothing);
unlike(passes('a console that is off', @admin, console => $nothing, location => "ScimConsole off\n"), qr/ScimConsole/, 'no warnings');
unlike(passes('off for all', @admin, console => $nothing . "ScimConsole off\n"), qr/ScimConsole/, 'no warnings');
fails($no_page, 'on for one', @admin, console => $nothing . "ScimConsole off\n", location => "ScimConsole on\n");
passes('no admin API', console => $nothing);
like(passes('nothing installed', @admin, console => ''), qr{/console/index\.html is missing: the admin API has no page for browsers}, 'is warned of')
    unless -e '/usr/local/share/mod_scim/console/index.html';
fails(qr/ScimConsoleDir/, "ScimConsoleDir '$_'", server => "ScimConsoleDir $_\n") for '', '""', '/a /b';
fails(qr/ScimConsoleDir/, 'ScimConsoleDir in a Location', location => "ScimConsoleDir $work/console\n");
# Another SetHandler that is effective because it comes later.
my $taken = qr/configtest\/\d+\.conf line \d+: this SetHandler gets the requests of <Location "\/scim\/v2"> \(line \d+\)/;
sub handler { my ($section, $handler) = @_; my ($word) = $section =~ /^(\w+)/; return "<$section>\nSetHandler $handler\n</$word>\n" }
my $proxy = '"proxy:http://127.0.0.1:1/"';
for (['Location "/"', $proxy], ['Location "/scim"', 'none'], ['Location "/scim/"', $proxy], ['Location "/scim/v2"', $proxy],
    ['LocationMatch "^/"', $proxy], ['Location ~ "^/scim"', $proxy], ['LocationMatch "^/scim/v2/"', $proxy], ['Location "/scim/*"', $proxy]) {
    fails($taken, "SetHandler in <$_->[0]> behind the endpoint", location => "</Location>\n" . handler(@$_) . "<Location \"/end\">\n");
    passes("SetHandler in <$_->[0]> before it", server => handler(@$_));
}
for (['Location "/other"', $proxy], ['Location "/scim/v2/docs"', 'none'], ['Location "/scim/v22"', $proxy], ['LocationMatch "^/scim/v2/[^/]+/docs"', 'none']) {
    passes("SetHandler in <$_->[0]> behind it", location => "</Location>\n" . handler(@$_) . "<Location \"/end\">\n");
}
my $host = "<VirtualHost *:80>\n%s</VirtualHost>\n";
like(passes('an application in a virtual host, the endpoint outside', server => sprintf $host, handler('Location "/"', $proxy)),
    qr/$taken.*put that Location into it/, 'is warned of');
unlike(passes('an application in another virtual host', server => sprintf($host, "<Location \"/scim/v2\">\nSetHandler scim\nScimTenant path\n</Location>\n")
    . sprintf($host, handler('Location "/"', $proxy)), handler => '', tenant => ''), qr/SetHandler/, 'is not');
fails(qr/requests of <Location "\/decide">/, 'the admin API', server => "<Location \"/decide\">\nSetHandler scim-admin\n</Location>\n" . handler('Location "/"', $proxy));
fails(qr/ScimSchemaDir/, 'ScimSchemaDir in a Location', location => "ScimSchemaDir /x\n");

# The cache of pages
passes("ScimPageCache $_", server => "ScimPageCache $_\n") for 'none', 'None', 'shmcb', "shmcb:$work/configtest/pages(65536)";
fails(qr/ScimPageCache/, "ScimPageCache $_", server => "ScimPageCache $_\n") for '', 'none x', 'nothing', 'shmcb:/x(1)', ':x';
fails(qr/ScimPageCache/, 'ScimPageCache in a Location', location => "ScimPageCache none\n");
(my $no_cache = $base) =~ s/^LoadModule socache_shmcb_module.*\n//m;
passes('no cache', load => $no_cache);
fails(qr/a2enmod socache_shmcb/, 'a cache whose module is not there', load => $no_cache, server => "ScimPageCache shmcb\n");

# Metrics
passes("ScimMetricsTenants $_", server => "ScimMetricsTenants $_\n") for 0, 1, 10_000;
fails(qr/ScimMetricsTenants/, "ScimMetricsTenants $_", server => "ScimMetricsTenants $_\n") for '', '-1', '10001', 'x', '1 2';
fails(qr/ScimMetricsTenants/, 'ScimMetricsTenants in a Location', location => "ScimMetricsTenants 1\n");
passes('SetHandler scim-metrics', server => "<Location \"/metrics\">\nSetHandler scim-metrics\n</Location>\n");

# Housekeeping
for (['ScimActivityKeep'], ['ScimTokenWarning', 'off', 'Off']) {
    my ($directive, @more) = @$_;
    passes("$directive $_", server => "$directive $_\n") for '1d', '90d', '3650d', @more;
    fails(qr/$directive/, "$directive $_", server => "$directive $_\n") for '', '0d', '-1d', '90', '3651d', '12h', 'd', '1dx', '99999d', '1d 2d', 'none';
    fails(qr/$directive/, "$directive in a Location", location => "$directive 1d\n");
}
fails(qr/ScimActivityKeep/, 'ScimActivityKeep off', server => "ScimActivityKeep off\n");

# Schemas
fails(qr{/nothing/here}, 'a directory that is not there', schemas => "ScimSchemaDir $work/schemas /nothing/here\n");
mkdir "$work/configtest/$_" for qw(empty broken);
passes('an empty directory', schemas => "ScimSchemaDir $work/schemas $work/configtest/empty\n");
open my $out, '>', "$work/configtest/broken/x.json" or die;
print $out '{"id": ';
close $out;
fails(qr/x\.json/, 'a file that is no JSON', schemas => "ScimSchemaDir $work/schemas $work/configtest/broken\n");

# Additional schemas: the examples are valid, and wrong ones are refused with file and attribute.
my $SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:';
passes('the examples', schemas => "ScimSchemaDir $work/schemas $work/examples\n");
passes('the examples, by two directives', schemas => "ScimSchemaDir $work/examples\nScimSchemaDir $work/schemas\n");
fails(qr{there is another common\.json}, 'shipped twice', schemas => "ScimSchemaDir $work/schemas $work/schemas\n");
my ($alone) = configtest(schemas => "ScimSchemaDir $work/examples\n");
like($alone, qr{Syntax OK|/mod_scim/schemas: cannot read the directory}, 'without common.json the installed schemas are read too');
my $x = 0;
sub added {
    my %file = @_;
    my $dir = "$work/configtest/added" . ++$x;
    mkdir $dir;
    for my $name (keys %file) {
        open my $out, '>', "$dir/$name" or die "$name: $!";
        print $out json($file{$name});
        close $out;
    }
    return (schemas => "ScimSchemaDir $work/schemas $dir\n");
}
sub schema {
    my (%attr) = @_;
    return { schemas => ["${SCHEMA}Schema"], id => 'urn:x', name => 'X', attributes => [{ name => 'colour', type => 'string',
        multiValued => false, description => 'd', required => false, caseExact => false, mutability => 'readWrite',
        returned => 'default', uniqueness => 'none', %attr }] };
}
sub type { return { schemas => ["${SCHEMA}ResourceType"], @_ } }
my %to_user = ('user-x.json', type(name => 'User', schemaExtensions => [{ schema => 'urn:x', required => false }]));
my %new_type = ('type-x.json', type(name => 'X', endpoint => '/Xs', schema => 'urn:x'));
passes('an extension of User', added('x.json', schema(), %to_user));
passes('a new resource type', added('x.json', schema(), %new_type));
fails(qr{x\.json: attribute colour: "uniqueness" must be "none"}, 'what is not kept unique', added('x.json', schema(uniqueness => $_->[0]),
    %{ $_->[1] })) for ['server', \%to_user], ['global', \%to_user], ['server', \%new_type];
fails(qr{x\.json: attribute colour: "type" is "text", which is not one of the keywords}, 'no such type', added('x.json', schema(type => 'text')));
fails(qr{x\.json: attribute colour: "returned" must be a string}, 'a characteristic missing', added('x.json', schema(returned => undef)));
fails(qr{x\.json: attribute colour: there is no resource type "Car"}, 'a reference to nothing', added('x.json',
    schema(type => 'reference', referenceTypes => ['Car'])));
fails(qr{x\.json: attribute colour: a readOnly attribute cannot be required}, 'what nobody can give', added('x.json',
    schema(mutability => 'readOnly', required => true), %to_user));
fails(qr{x\.json: attribute active: an active must be a single boolean}, 'another active', added('x.json', schema(name => 'active'),
    %new_type));
fails(qr{user-x\.json: schemaExtensions: there is no schema "urn:x"}, 'an extension that is not there', added(%to_user));
fails(qr{y\.json: there is no resource type "Car" to add extensions to}, 'a type that is not there', added('x.json', schema(),
    'y.json', type(name => 'Car', schemaExtensions => [{ schema => 'urn:x', required => false }])));
fails(qr{z\.json: schemaExtensions: "urn:x" occurs twice}, 'an extension twice', added('x.json', schema(), %to_user,
    'z.json', $to_user{'user-x.json'}));
fails(qr{type-x\.json: endpoint: there is another resource type at "Users"}, "another type's endpoint", added('x.json', schema(),
    'type-x.json', type(name => 'X', endpoint => '/Users', schema => 'urn:x')));

# Directives that httpd accepts, but that have no effect or another one than intended. Each is reported with file and
# line.
my $at = qr/configtest\/\d+\.conf line \d+: /;
sub warns {
    my ($text, $name, %change) = @_;
    like(passes($name, %change), qr/$at$text/, "$name: is warned of");
}
sub silent { my ($name, %change) = @_; unlike(passes($name, %change), qr/mod_scim/, "$name: no warning") }
my $none = "</Location>\n<Location \"/end\">\n";
my $login = "AuthType Basic\nAuthName a\nAuthUserFile $work/administrators\nRequire valid-user\n";
fails(qr/${at}ScimTenant has no effect here: it is for SetHandler scim/, 'ScimTenant without SetHandler', handler => '');
fails(qr/${at}ScimTenant has no effect here/, 'ScimTenant with the handler of another module', handler => "SetHandler server-status\n");
silent('ScimTenant in a second section for the same path', server => "<Location \"/scim/v2\">\nSetHandler scim\nScimTenant host\n</Location>\n", handler => '');
fails(qr/${at}there is no handler "$_"; write SetHandler scim, in small letters/, "SetHandler $_", handler => "SetHandler $_\n")
    for qw(scimm SCIM Scim scmi scm sscim scim2);
fails(qr/${at}there is no handler "$_"; write SetHandler scim-admin, in small letters/, "SetHandler $_", @admin, handler => "SetHandler $_\n")
    for qw(scim-admn scim_admin SCIM-ADMIN scimadmin);
silent("SetHandler $_", handler => '', tenant => '', location => "SetHandler $_\n") for qw(server-status none default-handler balancer-manager), '"proxy:http://127.0.0.1:1/"';
my ($modules) = $base =~ m{^LoadModule dbd_module (.*)/mod_dbd\.so$}m;
my @mime = (load => "$base\nLoadModule mime_module $modules/mod_mime.so\n");
fails(qr/${at}AddHandler chooses requests by the names of files.*write SetHandler $_ /, "AddHandler $_", @mime, location => "AddHandler $_ .json\n")
    for qw(scim scim-admin);
fails(qr/${at}AddHandler chooses requests/, 'AddHandler outside of a section', @mime, server => "AddHandler scim .scim\n");
fails(qr/${at}SetHandler scim needs ScimTenant/, 'SetHandler scim outside of a section', server => "SetHandler scim\n");
fails(qr/${at}SetHandler scim-admin must be directly in a <Location/, 'SetHandler scim-admin outside of a section', server => "SetHandler scim-admin\n");

fails(qr/${at}ScimAdminTenant has no effect on the endpoint: it is for SetHandler scim-admin/, 'ScimAdminTenant at the endpoint',
    location => "ScimAdminTenant acme\n");
fails(qr/${at}ScimAdminTenant has no effect here/, 'ScimAdminTenant anywhere else', location => "$none ScimAdminTenant acme\n");
fails(qr/${at}ScimTenant has no effect on the admin API: it is for SetHandler scim\n/, 'ScimTenant at the admin API',
    handler => "SetHandler scim-admin\n", location => $login);
warns(qr/ScimAdminTimeout has no effect on the endpoint/, 'ScimAdminTimeout at the endpoint', location => "ScimAdminTimeout 5s\n");
warns(qr/$_->[0] has no effect on the admin API/, "$_->[0] at the admin API", handler => "SetHandler scim-admin\n", tenant => '', location => "$login$_->[0] $_->[1]\n")
    for ['ScimPageSize', '10 20'], ['ScimFailureLimit', 'off'], ['ScimPatchResponse', 'User none'];
warns(qr/ScimPageSize has no effect here/, 'ScimPageSize where nothing is served', location => "${none}ScimPageSize 10 20\n");
silent("$_->[0] around the endpoint", server => "<Location \"/\">\n$_->[0] $_->[1]\n</Location>\n") for ['ScimPageSize', '10 20'], ['ScimBaseURL', 'https://x.example/scim/v2/{tenant}'];
silent('a part of the endpoint', location => "</Location>\n<Location \"/scim/v2/acme\">\nScimPageSize 10 20\n");
silent('a pattern', location => "</Location>\n<LocationMatch \"^/scim/v2/[^/]+/Users\">\nScimPageSize 10 20\n</LocationMatch>\n<Location \"/end\">\n");
silent('settings of the whole server', server => "ScimPageSize 10 20\nScimAdminTimeout 5s\n");
silent('a condition', location => "<If \"true\">\nScimPageSize 10 20\n</If>\n");

for (['Directory "/srv"', 'answers without looking for a file'], ['DirectoryMatch "^/srv"', 'without looking for a file'], ['Files "x"', 'without looking for a file'],
    ['FilesMatch "x"', 'without looking for a file']) {
    my ($word) = $_->[0] =~ /^(\w+)/;
    fails(qr/${at}ScimMaxBody is not allowed in <$word>: mod_scim .*$_->[1]; put it into the <Location>/, "ScimMaxBody in <$_->[0]>",
        server => "<$_->[0]>\nScimMaxBody 1000\n</$word>\n");
}
fails(qr/${at}$_->[0] is not allowed in <Directory>/, "$_->[0] in <Directory>", server => "<Directory \"/srv\">\n@$_\n</Directory>\n")
    for ['ScimPageSize', '10 20'], ['ScimAdminTimeout', '5s'], ['ScimSyncPolicy', 'all'], ['ScimTenantShare', '50'];
fails(qr/${at}ScimRequireTLS is not allowed in <Limit>: it would apply to all methods/, 'ScimRequireTLS in <Limit>', location => "<Limit POST>\nScimRequireTLS off\n</Limit>\n");

# Authentication
warns(qr/httpd would ask for a user of its own and refuse bearer tokens with 401\. Write Require all granted in <Location "\/scim\/v2">/, 'AuthType at the endpoint',
    location => $login);
warns(qr/httpd would ask for a user/, 'AuthType around the endpoint', server => "<Location \"/\">\n$login</Location>\n");
silent('AuthType around an endpoint that is open', server => "<Location \"/\">\n$login</Location>\n", location => "Require all granted\n");
silent('AuthType elsewhere', location => "</Location>\n<Location \"/app\">\n$login");
my @open_admin = (handler => "SetHandler scim-admin\n", tenant => '');
warns(qr/nobody can log in here, so the admin API refuses every request/, 'the admin API without a login', @open_admin, location => "Require all granted\n");
warns(qr/nobody can log in here/, 'the admin API with AuthType None', @open_admin, location => "AuthType None\nRequire valid-user\n");
warns(qr/nobody can log in here/, 'the admin API with no Require', @open_admin, location => $login =~ s/Require.*//r);
silent('the admin API with a login', @open_admin, location => $login);
silent('the admin API with a login around it', @open_admin, server => "<Location \"/\">\n$login</Location>\n");

# The base URL, and the directory for answers
fails(qr/${at}ScimBaseURL must have \{tenant\} where ScimTenant host finds the tenant's name/, 'one base URL for tenants with hosts of their own',
    tenant => "ScimTenant host\n", location => "ScimBaseURL https://x.example/scim/v2\n");
fails(qr/${at}ScimBaseURL must have \{tenant\}/, 'the same around the endpoint', tenant => "ScimTenant host\n",
    server => "<Location \"/\">\nScimBaseURL https://x.example/scim/v2\n</Location>\n");
silent('a base URL with the tenant in its host', tenant => "ScimTenant host\n", location => "ScimBaseURL https://{tenant}.x.example/scim/v2\n");
mkdir "$work/configtest/sealed";
chmod 0500, "$work/configtest/sealed";
fails(qr/${at}ScimSpoolDir: httpd's user .* cannot create files in \Q$work\E\/configtest\/sealed/, 'ScimSpoolDir that nobody may write to',
    location => "ScimSpoolDir $work/configtest/sealed\n");
fails(qr/${at}ScimSpoolDir: httpd's user/, 'ScimSpoolDir of the whole server', server => "ScimSpoolDir $work/configtest/sealed\n");

# The database
(my $no_dbd = $base) =~ s/^LoadModule dbd_module.*\n//m;
fails(qr/mod_dbd/, 'without mod_dbd', load => $no_dbd, dbd => '');
fails(qr/DBDriver/, 'without DBDriver', dbd => '');
my $warned = passes('a small DBDMax', dbd => "DBDriver pgsql\nDBDParams \"dbname=x connect_timeout=3\"\nDBDMax 5\n");
like($warned, qr/DBDMax is 5.*ThreadsPerChild 25/, 'is warned of');
unlike($warned, qr/connect_timeout:/, 'and nothing else');
unlike(passes('a DBDMax of a quarter', dbd => "DBDriver pgsql\nDBDParams \"dbname=x connect_timeout=3\"\nDBDMax 7\n"), qr/mod_scim/, 'is not warned of');
for ('dbname=x', 'dbname=x connect_timeout=0', 'dbname=x connect_timeout=-1', 'dbname=x application_name=connect_timeout') {
    $warned = passes("no connect_timeout: $_", dbd => "DBDriver pgsql\nDBDParams \"$_\"\nDBDMax 25\n");
    like($warned, qr/configtest\/\d+\.conf line \d+: DBDParams has no connect_timeout/, 'is warned of');
}
fails(qr/server localhost: DBDParams is not set.*dbname=scim/, 'no DBDParams', dbd => "DBDriver pgsql\nDBDMax 25\n");
for (['conect_timeout=5', qr/conect_timeout/], ['dbname=x connect_timeout=abc', qr/connect_timeout is "abc", and must be a whole number/],
    ['dbname=x sslmode=on', qr/sslmode is "on", and must be one of: .*verify-full/], ["dbname='x", qr/quoted string/], ['nonsense', qr/nonsense/]) {
    fails(qr/configtest\/\d+\.conf line \d+: DBDParams: .*$_->[1]/, "DBDParams $_->[0]", dbd => "DBDriver pgsql\nDBDParams \"$_->[0]\"\nDBDMax 25\n");
}
like((configtest(dbd => "DBDriver pgsql\nDBDParams \"dbname=x password=hunter2 conect_timeout=5\"\n"))[0], qr/^(?!.*hunter2).*conect_timeout/s,
    'no password in the text');

# Pool sizes with which mod_dbd makes no pool, so that every request fails. Its defaults are 1, 2 and 10.
sub sizes { dbd => join "\n", 'DBDriver pgsql', 'DBDParams "dbname=x connect_timeout=3"', 'DBDMax 25', @_, '' }
fails(qr/DBDMin is 1 and DBDKeep is 0/, 'DBDMin above DBDKeep', sizes('DBDMin 1', 'DBDKeep 0'));
fails(qr/DBDMin is 1 and DBDKeep is 0/, 'the default of DBDMin above DBDKeep', sizes('DBDKeep 0'));
fails(qr/DBDKeep is 26 and DBDMax is 25/, 'DBDKeep above DBDMax', sizes('DBDKeep 26'));
fails(qr/DBDKeep is 2 and DBDMax is 1/, 'the default of DBDKeep above DBDMax', sizes('DBDMax 1'));
fails(qr/DBDMax is 0/, 'DBDMax 0', sizes('DBDMin 0', 'DBDKeep 0', 'DBDMax 0'));
fails(qr/localhost.*DBDMin is 3 and DBDKeep is 2/, 'the server is named', sizes('DBDMin 3'));
passes('DBDMin and DBDKeep 0', sizes('DBDMin 0', 'DBDKeep 0'));
passes('all three equal', sizes('DBDMin 25', 'DBDKeep 25'));
passes('no pool at all', sizes('DBDPersist Off', 'DBDMin 3'));

# Without any Location the module needs nothing.
passes('no Location at all', dbd => '', schemas => '', handler => '', tenant => '');

done_testing;
