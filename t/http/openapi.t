# The OpenAPI document of the admin API is served, well-formed, and correct: it describes everything that exists, and
# nothing else.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimShape;
use ScimTest;

my $t = ScimTest->new('openapi');

# --- serving ---------------------------------------------------------------------------------------------------------------

my $served = $t->admin(GET => '//openapi.json');
is($served->{status}, 200, 'served');
is($served->{type}, 'application/json', 'its type');
is($served->{body}, scimctl('openapi'), 'it is what scimctl prints');
like($served->{etag}, qr/^"[0-9a-f]{32}"$/, 'its version');
my $again = $t->admin(GET => '//openapi.json', undef, 'If-None-Match' => $served->{etag});
is_empty($again, 304, 'not modified');
my $head = $t->admin(HEAD => '//openapi.json');
is("$head->{status} $head->{etag}", "200 $served->{etag}", 'HEAD');
my $res = $t->admin(POST => '//openapi.json', {});
is_problem($res, 405, 'POST is not possible here; possible are: GET.', undef, 'no change');
is($res->{headers}->header('Allow'), 'GET', 'Allow');
is_problem($t->admin(GET => '//openapi.json', undef, ':base' => '/unprotected', Authorization => undef), 403, qr/^Nobody is logged in/,
    undef, 'not for everybody');
is($t->admin(GET => '//openapi.json', undef, Authorization => undef)->{status}, 401, 'httpd asks for a login');
is($t->admin(GET => '//openapi.json', undef, ':base' => '/own', ':user' => 'No Tenant')->{status}, 200, 'whatever the tenant');

# --- well-formed -----------------------------------------------------------------------------------------------------------

my $document = $served->{json};
is($document->{openapi}, '3.1.0', 'OpenAPI');

sub follow {
    my ($at) = $document;
    for (split m{/}, $_[0] =~ s{^#/}{}r) { ref $at eq 'HASH' && exists $at->{$_} or return undef; $at = $at->{$_} }
    return $at;
}
my (%used, @lost);
sub references {
    my ($part) = @_;
    for (ref $part eq 'ARRAY' ? @$part : ref $part eq 'HASH' ? values %$part : ()) { references($_) }
    return if ref $part ne 'HASH' || ref $part->{'$ref'} || !defined $part->{'$ref'};
    $used{ $part->{'$ref'} }++;
    push @lost, $part->{'$ref'} unless defined follow($part->{'$ref'});
}
references($document);
is("@lost", '', 'every reference leads somewhere');
my @unused;
for my $kind (grep { $_ ne 'securitySchemes' } sort keys %{$document->{components}}) {
    push @unused, grep { !$used{$_} } map {"#/components/$kind/$_"} sort keys %{$document->{components}{$kind}};
}
is("@unused", '', 'nothing is described that is not used');

my (@operations, %seen, @wrong);
for my $path (sort keys %{$document->{paths}}) {
    my $place = $path =~ s/\{[^}]+\}/{}/gr;
    push @wrong, "$path is there twice" if $seen{$place}++;
    for my $method (sort keys %{$document->{paths}{$path}}) {
        my $op = $document->{paths}{$path}{$method};
        push @operations, [uc $method, $path, $op];
        push @wrong, "$op->{operationId} is there twice" if $seen{ $op->{operationId} }++;
        push @wrong, "$op->{operationId} has no such tag" unless grep { $_->{name} eq $op->{tags}[0] } @{$document->{tags}};
        my %named = map { my $p = $_->{'$ref'} ? follow($_->{'$ref'}) : $_; ($p->{in} eq 'path' ? $p->{name} : '') => 1 } @{$op->{parameters}};
        push @wrong, "$op->{operationId} says nothing of {$_}" for grep { !$named{$_} } $path =~ /\{([^}]+)\}/g;
        push @wrong, "$op->{operationId} has no " . (/^2/ ? 'such status' : 'refusals')
            for grep { /^2/ ? !/^20[014]$/ : 0 } keys %{$op->{responses}};
    }
}
is(join("\n", @wrong), '', 'operations');

# --- correct ---------------------------------------------------------------------------------------------------------------

# It has all commands of scimctl, except `db`, which needs the database's own rights.
my %nouns;
my ($verbs) = scimctl('--help') =~ /^Nouns, and the verbs of each:\n(.*?)\n\n/ms;
for (split /\n(?=  \S)/, $verbs) {
    my ($noun, @verbs) = split;
    $nouns{"$noun-$_"} = 1 for @verbs;
}
my $others = qr/^db-/;
is(join(' ', sort grep { !/$others/ } map { $_->[2]{operationId} } @operations), join(' ', sort grep { !/$others/ } keys %nouns), 'the commands of scimctl are the operations');

# For a missing tenant no operation has an effect.
my $before = sql('select count(*) from scim.tenant');
for (@operations) {
    my ($method, $path, $op) = @$_;
    my $url = $path =~ s/\{tenant\}/nobody-$$/r =~ s/\{[^}]+\}/x/gr;
    my $body = $method =~ /^(GET|DELETE)$/ ? undef : '{}';
    my $res = $t->admin($method => "/$url", $body);
    my $there = $res->{status} != 405 && ($res->{status} != 404 || ($res->{json}{detail} // '') !~ /^There is nothing at /);
    ok($there, "$op->{operationId} is there: $method $path") or diag "$res->{status} $res->{body}";
    next unless $path =~ /\{tenant\}/;
    ok($op->{responses}{ $res->{status} }, "$op->{operationId} may answer $res->{status}") or diag $res->{body};
    is($t->admin($method => "/$url", $body, Authorization => undef)->{status}, 401, "$op->{operationId} is not for strangers");
}
is(sql('select count(*) from scim.tenant'), $before, 'no tenant was made');

# --- ScimTest::admin checks every answer in every test against it; this shows that it finds an error -----------------------------

my $shape = ScimShape->new($document);
my %role = (role => 'a', displayName => 'A', builtIn => false, created => '2027-01-01T00:00:00.000000Z', id => 'x', users => 0, more => false, mappings => 0);
sub noticed {
    my ($json, $expected, $name, %more) = @_;
    my $res = { status => 200, type => 'application/json', json => $json, %more };
    is(join('; ', $shape->problems(GET => '/tenants/a/roles/b', $res)), $expected, $name);
}
noticed({%role}, '', 'a role');
noticed({ %role, displayName => undef }, '', 'null for what is not there');
noticed({ %role, colour => 'red' }, 'role-show: the answer has the member colour, which is not declared', 'one too many');
noticed({ map { $_ eq 'id' ? () : ($_ => $role{$_}) } keys %role }, 'role-show: the answer has no member id', 'one is missing');
noticed({ %role, builtIn => 'no' }, 'role-show: the answer, member builtIn is of type string instead of boolean null', 'another type');
noticed({ %role, created => 'today' }, 'role-show: the answer, member created is no time', 'no time');
noticed({%role}, 'role-show answers 200 with the type text/plain', 'another media type', type => 'text/plain');
noticed({%role}, 'role-show may not answer 418', 'another status', status => 418);
is(join('; ', $shape->problems(GET => '/tenants/a/roles?q=x', { status => 200, type => 'application/json',
    json => { items => [{%role}, { %role, id => 7 }], next => undef } })),
    'role-list: the answer, member items, item 1, member id is of type integer instead of string null', 'in a list');

done_testing;
