# A database of the version before administration, upgraded: identity providers go on with their tokens and find what they
# have made, as it was. What is stored is told by t/cli/upgrade.t.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $fresh = ScimTest->new('upgrade');
my $bin   = $ENV{SCIM_TEST_PGBIN};
my $db    = 'upgraded';    # as t/conf/extra.conf.in has it

sub psql {
    my ($text, $code) = run_ok("$bin/psql", qw(-X -q -1 -v ON_ERROR_STOP=1 -o /dev/null -d), $db, @_);
    die "psql: $text" if $code;
}

# The token of the new database is put into the old one.
my ($key) = $fresh->{token} =~ /^scim_(.{10})/;
my $digest = sql("select digest from scim.token where key_id = '$key'");
run_ok("$bin/createdb", $db);
for my $file (sort glob "$ENV{SCIM_TEST_WORK}/version6/*.sql") {
    my ($name, $number) = $file =~ m{/((\d{4})-[^/]+)\.sql$};
    psql('-f', $file, '-c', "insert into scim.migration (number, name) values ($number, '$name')");
}
psql('-f', "$ENV{SCIM_TEST_WORK}/t/lib/version6.sql", '-c',
    "update scim.token set key_id = '$key', digest = '$digest' where key_id = 'AAAAAAAAAA'");
my $t = bless { %$fresh, tenant => 'acme', base => '/scim/v2/acme', host => 'upgraded.test' }, ref $fresh;
sub ask { my ($method, $path, $json, %headers) = @_; return $t->request($method, $path, $json, ':host' => 'upgraded.test', %headers) }

is(ask(GET => '/Users')->{status}, 503, 'a database of the version before is not used');
like(scimctl(qw(db upgrade --db), $db), qr/^Version before +6$/m, 'upgraded');

sub id { return sprintf '00000000-0000-7000-8000-%012d', $_[0] }
sub meta {
    my ($type, $n, @extensions) = @_;
    return (id => id($n), schemas => ["urn:ietf:params:scim:schemas:core:2.0:$type", @extensions], meta => {
        resourceType => $type, created => '2026-01-01T00:00:00.000000Z', lastModified => '2026-01-02T03:04:05.000000Z',
        location => qr{/scim/v2/acme/${type}s/@{[id($n)]}$}, version => "W/\"$n\"" });
}
sub member { my ($type, $n, $display) = @_; return { value => id($n), type => $type, display => $display, '$ref' => $ANY } }
my $BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
sub group { my ($kind, $n, $display) = @_; return { value => id($n), type => $kind, display => $display, '$ref' => $ANY } }

my %anna = (userName => 'Anna', externalId => 'x-1', displayName => 'Anna', active => true, phoneNumbers => [{ value => '+1' }],
    emails => [{ value => 'Anna@example.com', primary => true }], groups => [group(direct => 10, 'Staff')], $BADGE => { number => 'N-1' });
is_reply(ask(GET => '/Users/' . id(1)), 200, { meta(User => 1, $BADGE), %anna }, 'a user is as it was, and the token holds');
is_reply(ask(GET => '/Users/' . id(3)), 200, { meta(User => 3), userName => 'cleo', displayName => 'cleo', active => true,
    roles => [{ value => 'Editor' }], groups => [group(indirect => 10, 'Staff'), group(direct => 11, 'Editors')] },
    'one with a role that is none');
is_reply(ask(GET => '/Groups/' . id(10)), 200, { meta(Group => 10), displayName => 'Staff', externalId => 'g-10',
    members => [member(User => 1, 'Anna'), member(Group => 11, 'Editors')] }, 'a group, with a group in it');
is(ask(GET => '/Users/' . id(6))->{status}, 404, 'who was deleted is gone');
is(ask(GET => '/Groups/' . id(12))->{status}, 404, 'so is a group');
for (['/Users' => 6], ['/Groups' => 2], ['/Roles' => 6], ['/Users?filter=emails.value%20eq%20%22anna@example.com%22' => 1],
    ['/Users?filter=userName%20eq%20%22ANNA%22' => 1], ['/Users?filter=emails.value%20eq%20%22fred@example.com%22' => 0]) {
    is(ask(GET => $_->[0])->{json}{totalResults}, $_->[1], "how many there are: $_->[0]");
}

# What the identity provider does next.
my $leaves = { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] };
like(ask(PATCH => '/Users/' . id(3), $leaves)->{status}, qr/^20[04]$/, 'who has a role that is none can be deactivated');
is(ask(GET => '/Users/' . id(3))->{json}{active}, false, 'and is');
my $put = { schemas => [$USER], userName => 'cleo', active => true, roles => [{ value => 'Editor' }] };
is(ask(PUT => '/Users/' . id(3), $put)->{status}, 200, 'or be sent again as before');
is_error(ask(PUT => '/Users/' . id(3), { %$put, roles => [{ value => 'Writer' }] }), 400, 'invalidValue', 'Role not found: Writer',
    'but gets no other unknown role');
my $back = ask(POST => '/Users', { schemas => [$USER], userName => 'fred', externalId => 'x-6' });
is("$back->{status} $back->{json}{id}", '201 ' . id(6), 'who was deleted comes back under the same id');
is(ask(GET => '/Users')->{json}{totalResults}, 7, 'and is counted');
is(ask(GET => '/Users', undef, Authorization => undef)->{status}, 401, 'strangers are refused');

done_testing;
