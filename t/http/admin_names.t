# Names that administrators give: blanks at the ends are removed, and several blanks become one. The name of an expired
# token is free.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('names');
my $own = $t->tenant;

for (['/flags', 'flag', {}], ['/roles', 'role', {}], ['/subscriptions', 'name', {}], ['/templates', 'name', { role => 'user' }], ['/groups', 'displayName', {}],
     ['/users', 'userName', {}], ['/tokens', 'name', {}]) {
    my ($path, $member, $more) = @$_;
    my $made = $t->admin(POST => $path, { %$more, $member => '  Two   Words ' });
    is($made->{status}, 201, "$path: a name with blanks");
    is($made->{json}{$member}, 'Two Words', "$path: is one without");
    is($t->admin(POST => $path, { %$more, $member => 'Two Words' })->{status}, 409, "$path: so the other one is taken");
    is($t->admin(POST => $path, { %$more, $member => $_ })->{status}, 409, "$path: also with other spaces of Unicode") for "Two\x{a0}Words", "Two Words\x{3000}", "\x{2003}Two \x{202f} Words";
    is($t->admin(POST => $path, { %$more, $member => $_ })->{status}, 400, "$path: blanks alone are no name") for '   ', "\x{a0} \x{3000}";
}
is($t->admin(PATCH => '/subscriptions/two%20words', { name => ' Other  name' })->{json}{name}, 'Other name', 'a new name');
is($t->admin(PATCH => '', { displayName => ' ACME  Inc. ' })->{json}{displayName}, 'ACME Inc.', 'a tenant');
my $spaced = $t->make(Users => userName => ' as  sent ');
is($t->request(GET => "/Users/$spaced")->{json}{userName}, ' as  sent ', 'what the identity provider sends stays as it is');

# Names in a list of scimctl, with spaces after the commas.
is($t->admin(POST => '/flags', { flag => $_ })->{status}, 201, "flag $_") for 'a', 'b c';
scimctl(qw(user set), 'Two Words', '--flags', 'b c , a, two words', '--tenant', $own);
is_json($t->admin(GET => '/users/two%20words')->{json}{flags}, ['a', 'b c', 'Two Words'], 'several flags');

# A date without a time means its beginning, in bodies, queries and options.
is($t->admin(POST => '/tokens', { name => 'date', expires => '2031-01-31' })->{json}{expires}, '2031-01-31T00:00:00.000000Z', 'a date in a body');
is($t->admin(GET => "/audit?since=$_&limit=1")->{status}, 200, "since=$_") for '2026-01-31', '2026-01-31T00:00:00Z';
is($t->admin(GET => "/audit?since=$_&limit=1")->{status}, 400, "since=$_") for '2026-02-30', '2026-01-3', '31.01.2026';
is(unjson(scimctl(qw(token add --name date2 --expires 2031-01-31 --json --tenant), $own))->{expires}, '2031-01-31T00:00:00.000000Z', 'and in an option');

# An expired token.
my $old = $t->admin(POST => '/tokens', { name => 'Entra' })->{json}{keyId};
is($t->admin(POST => '/tokens', { name => 'entra' })->{status}, 409, 'the name of a valid token is taken');
sql("update scim.token set created = now() - interval '2 days', expires = now() - interval '1 day' where tenant = '$own' and key_id = '$old'");
my $new = $t->admin(POST => '/tokens', { name => 'Entra' });
is($new->{status}, 201, 'that of an expired one is free') or diag $new->{body};
is_json([map { [@$_{qw(name status)}] } grep { lc $_->{name} eq 'entra' } @{ $t->admin(GET => '/tokens')->{json}{items} }], [['Entra', 'active'], ['Entra', 'revoked']],
    'the expired one is revoked');
is_json([map { @$_{qw(action actor objectId)} } @{ $t->admin(GET => "/audit?objectId=$old")->{json}{items} }[0]], ['revoke', 'admin', $old], 'and the audit log has it');
is($t->request(GET => '/Users', undef, Authorization => "Bearer $new->{json}{token}")->{status}, 200, 'the new one is valid');

done_testing;
