# Long lists: the error says how many values a list may have, and how many members a request may name.
use strict;
use warnings;
use ScimTest;
use Test::More;

my $t = ScimTest->new('lists');
my $LIST    = 10_000;
my $MEMBERS = 50_000;

sub ask { return $t->request(@_, ':host' => 'patient.test') }
# JSON with LIST replaced by the JSON text of a list.
sub with { my ($json, $list) = @_; return json($json) =~ s/"LIST"/$list/gr }
sub patching { return { schemas => [$PATCH], Operations => [@_] } }
sub list_of { my ($count, $from) = @_; return '[' . join(',', map {qq({"value":"v$_"})} ($from // 1) .. ($from // 1) + $count - 1) . ']' }
sub ids { my ($count) = @_; return '[' . join(',', map { sprintf '{"value":"%08x-0000-7000-8000-000000000000"}', $_ } 1 .. $count) . ']' }

# --- values ---
my $long = list_of($LIST + 1);
my $user = $t->make(Users => userName => 'short', emails => [{ value => 'kept' }]);
for my $list ('emails', 'phoneNumbers', 'ims', 'addresses', 'entitlements', 'x509Certificates') {
    my $detail = qr/^$list must have at most 10000 values, not 10001\.$/;
    my $values = $long;
    is_error(ask(POST => '/Users', with({ schemas => [$USER], userName => 'u', $list => 'LIST' }, $values)), 400, 'invalidValue', $detail, "POST $list");
    is_error(ask(PUT => "/Users/$user", with({ schemas => [$USER], userName => 'short', $list => 'LIST' }, $values)), 400, 'invalidValue', $detail, "PUT $list");
    is_error(ask(PATCH => "/Users/$user", with(patching({ op => $_, path => $list, value => 'LIST' }), $values)), 400, 'invalidValue', $detail, "PATCH $_ $list")
        for 'add', 'replace';
    is_error(ask(PATCH => "/Users/$user", with(patching({ op => 'add', value => { $list => 'LIST' } }), $values)), 400, 'invalidValue', $detail,
        "PATCH without path, $list");
}
is_json($t->row($user)->{doc}{emails}, [{ value => 'kept' }], 'nothing was changed');

# A list of the maximum length; PATCH cannot make it longer.
my $full = ask(POST => '/Users?attributes=id', with({ schemas => [$USER], userName => 'full', emails => 'LIST' }, list_of($LIST)));
is($full->{status}, 201, 'a full list') or diag substr $full->{body}, 0, 300;
my $detail = 'emails would have 10001 values, and may have at most 10000; remove others first.';
my $id = $full->{json}{id};
is_error(ask(PATCH => "/Users/$id", patching({ op => 'add', path => 'emails', value => [{ value => 'one more' }] })), 400, 'invalidValue', $detail, 'add one');
is_error(ask(PATCH => "/Users/$id", patching({ op => 'replace', path => 'emails[type eq "work"].value', value => 'one more' })), 400, 'invalidValue', $detail,
    'a path that makes one');
is_json(sql("select jsonb_array_length(doc -> 'emails') || ' ' || version from scim.resource where id = '$id'"), "$LIST 1", 'nothing was added');
is(ask(PATCH => "/Users/$id?attributes=id", patching({ op => 'add', path => 'emails', value => [{ value => 'v1', type => undef }] }))->{status}, 200,
    'adding what is there is no addition');
is(ask(PATCH => "/Users/$id?attributes=id", patching({ op => 'remove', path => 'emails[value eq "v1"]' }, { op => 'add', path => 'emails', value => [{ value => 'x' }] }))->{status},
    200, 'one for another');

# --- members ---
my $group = $t->make(Groups => displayName => 'g');
$detail = qr/^members must have at most 50000 values, not 50001\.$/;
for my $ask ([POST => '/Groups', { schemas => [$GROUP], displayName => 'h', members => 'LIST' }],
    [PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'g', members => 'LIST' }],
    (map { [PATCH => "/Groups/$group", patching({ op => $_, path => 'members', value => 'LIST' })] } 'add', 'replace', 'remove'),
    [PATCH => "/Groups/$group", patching({ op => 'add', value => { members => 'LIST' } })])
{
    my ($method, $path, $body) = @$ask;
    is_error(ask($method, $path, with($body, ids($MEMBERS + 1))), 400, 'invalidValue', $detail, "$method $path");
}
is_error(ask(PATCH => "/Groups/$group", with(patching(map { { op => $_, path => 'members', value => 'LIST' } } 'add', 'remove'), ids($MEMBERS / 2 + 1))), 400,
    'invalidValue', 'The request names more than 50000 members; name the others in further requests.', 'in two operations');
is($t->row($group)->{version}, 1, 'nothing was changed');
is_error(ask(PATCH => "/Groups/$group", with(patching({ op => 'add', path => 'members', value => 'LIST' }), ids($MEMBERS))), 400, 'invalidValue',
    qr/^members: ".*" is no User or Group of this tenant\. Assign that user or group /, 'as many as may be are looked up');
is(ask(PATCH => "/Groups/$group", with(patching({ op => 'remove', path => 'members', value => 'LIST' }), ids($MEMBERS)))->{status}, 204, 'or removed');

done_testing();
