# Names that administrators give: blanks at their ends do not count, and several are one; an expired token leaves its name.
use strict;
use warnings;
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
    is($t->admin(POST => $path, { %$more, $member => '   ' })->{status}, 400, "$path: blanks alone are no name");
}
is($t->admin(PATCH => '/subscriptions/two%20words', { name => ' Other  name' })->{json}{name}, 'Other name', 'a new name');
is($t->admin(PATCH => '', { displayName => ' ACME  Inc. ' })->{json}{displayName}, 'ACME Inc.', 'a tenant');
my $spaced = $t->make(Users => userName => ' as  sent ');
is($t->request(GET => "/Users/$spaced")->{json}{userName}, ' as  sent ', 'what the identity provider sends stays as it is');

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
