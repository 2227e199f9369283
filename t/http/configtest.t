# Wrong settings show at `apachectl configtest`, with a text that says what to write instead.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $work = $ENV{SCIM_TEST_WORK};
mkdir "$work/configtest";
my $base = do { local (@ARGV, $/) = "$work/t/base.conf"; <> };
my $n = 0;

# A small configuration around what is tested; %change replaces its parts.
sub configtest {
    my (%change) = @_;
    my %part = (
        load => $base,
        dbd => "DBDriver pgsql\nDBDParams \"host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3\"\nDBDMax 25\n",
        schemas => "ScimSchemaDir $work/schemas\n", server => '', location => '', handler => "SetHandler scim\n",
        tenant => "ScimTenant path\n", path => '"/scim/v2"', %change);
    my $file = "$work/configtest/" . ++$n . '.conf';
    open my $out, '>', $file or die "$file: $!";
    print $out "ServerRoot $work\nServerName localhost\nPidFile $work/configtest/pid\nErrorLog $work/configtest/error_log\n",
        "DefaultRuntimeDir $work/configtest\nListen 127.0.0.1:$ScimTest::PORT\nThreadsPerChild 25\n",
        "$part{load}\n$part{dbd}$part{schemas}$part{server}\n",
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
    ScimFailureLimit => ['', '5', '0 5', '5 0', 'x 5', '5 x', '100001 1', '1 3601', 'off 5', '1 2 3'],
    ScimTenantShare => ['', '0', '101', 'x', '50%', '50 0', '50 x', '1 2 3'],
    ScimPatchResponse => ['', 'User', 'User maybe', 'Nothing body'],
    ScimBaseURL => ['', 'scim.example.org', '/scim/v2', 'ftp://x/y', 'https://', 'https://x/y?z', 'https://x/y#z', 'https://x/{Tenant}',
        'https://x/{tenant', 'https://x/tenant}', 'https://x/{{tenant}}', 'https://x/{}'],
    ScimDocumentationURI => ['', 'docs', 'ftp://x'],
    ScimSyncPolicy => ['', 'none', 'all groups'],
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
fails(qr/ScimBaseURL/, 'ScimBaseURL outside of a Location', server => "ScimBaseURL https://x.example\n");
my @admin = (handler => "SetHandler scim-admin\n", tenant => '', server => "<Location \"/scim\">\nSetHandler scim\nScimTenant path\n</Location>\n");
fails(qr/ScimBaseURL must have \{tenant\} where the tenant's name is, as in https:\/\/x\.example\/scim\/v2\/\{tenant\}/,
    'a base URL for several tenants', @admin, location => "ScimBaseURL https://x.example/scim/v2/\n");
passes('a base URL for each tenant', @admin, location => "ScimBaseURL https://x.example/scim/v2/{tenant}\n");
passes('a base URL for the one tenant', @admin, location => "ScimBaseURL https://x.example/scim/v2\nScimAdminTenant acme\n");
# Another SetHandler that has the last word.
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

# What is added: the examples are good, and what would not hold is refused with file and attribute.
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
fails(qr{x\.json: attribute colour: "type" is "text", which is no such keyword}, 'no such type', added('x.json', schema(type => 'text')));
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
fails(qr{z\.json: schemaExtensions: "urn:x" is there twice}, 'an extension twice', added('x.json', schema(), %to_user,
    'z.json', $to_user{'user-x.json'}));
fails(qr{type-x\.json: endpoint: there is another resource type at "Users"}, "another type's endpoint", added('x.json', schema(),
    'type-x.json', type(name => 'X', endpoint => '/Users', schema => 'urn:x')));

# The database
(my $no_dbd = $base) =~ s/^LoadModule dbd_module.*\n//m;
fails(qr/mod_dbd/, 'without mod_dbd', load => $no_dbd, dbd => '');
fails(qr/DBDriver/, 'without DBDriver', dbd => '');
my $warned = passes('a small DBDMax', dbd => "DBDriver pgsql\nDBDParams \"dbname=x connect_timeout=3\"\nDBDMax 5\n");
like($warned, qr/DBDMax is 5.*ThreadsPerChild 25/, 'is warned of');
unlike($warned, qr/connect_timeout:/, 'and nothing else');
$warned = passes('no connect_timeout', dbd => "DBDriver pgsql\nDBDParams \"dbname=x\"\nDBDMax 25\n");
like($warned, qr/connect_timeout/, 'is warned of');

# Sizes with which mod_dbd makes no pool, and so answers every request with an error. Its defaults are 1, 2 and 10.
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

# A module that nobody uses does not mind.
passes('no Location at all', dbd => '', schemas => '', handler => '', tenant => '');

done_testing;
