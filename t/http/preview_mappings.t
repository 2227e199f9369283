# Mappings in previews and in saved policies: objects, for names with any characters; and in scimctl two options, or a
# text, or a JSON list.
use strict;
use warnings;
use utf8;
use Encode 'encode';
use Test::More;
use ScimTest;

my $t   = ScimTest->new('preview-map');
my $own = $t->tenant;
my %user = map { $_ => $t->make(Users => userName => $_) } qw(anna bert);
my %odd  = ('Web, Pro' => '1/2 "x"', 'a=b' => 'x = y', 'Equal=' => '=', "\x{c9}quipe" => 'role:user', 'plain' => 'Mail');
for my $group (sort keys %odd) {
    $t->make(Groups => displayName => $group, members => [{ value => $user{anna} }]);
    is($t->admin(POST => '/subscriptions', { name => $odd{$group} })->{status}, 201, "a subscription $odd{$group}");
}
is($t->admin(PATCH => '', { syncPolicy => 'groups' })->{status}, 200, 'policy groups');

sub granted { return join ', ', map { "$_->{userName}: " . ($_->{subscription} // "role $_->{role}") } @{ $_[0]{granted}{items} } }
sub mappings { return join ', ', sort map { "$_->{group} -> " . ($_->{subscription} // "role $_->{role}") } @{ $t->admin(GET => '/mappings')->{json}{items} } }

# --- any names -----------------------------------------------------------------------------------------------------------------------------------

for my $group (sort keys %odd) {
    my $change = { map => [{ group => $group, subscription => $odd{$group} }] };
    is(granted($t->admin(POST => '/preview', $change)->{json}), "anna: $odd{$group}", "$group: an object");
    is(granted($t->admin(POST => '/preview', $change->{map}[0])->{json}), "anna: $odd{$group}", "$group: one mapping, of its arguments");
    is(granted(unjson(scimctl(qw(policy preview --json --tenant), $own, map { encode('UTF-8', $_) } '--group', $group, '--subscription', $odd{$group}))), "anna: $odd{$group}", "$group: two options");
    is(granted(unjson(scimctl(qw(policy preview --json --tenant), $own, '--map', json($change->{map})))), "anna: $odd{$group}", "$group: JSON");
}
is($t->admin(POST => '/preview', { map => [map { { group => $_, subscription => $odd{$_} } } sort keys %odd] })->{json}{granted}{count}, 5, 'all of them');
is(granted($t->admin(POST => '/preview', { map => [{ group => 'plain', role => 'Read-Only' }] })->{json}), 'anna: role read-only', 'a role');
is(granted($t->admin(POST => '/preview', { map => ['plain=Mail'] })->{json}), 'anna: Mail', 'a text');
is(granted($t->admin(POST => '/preview', { map => ['plain = role:read-only'] })->{json}), 'anna: role read-only', 'a text with blanks, of a role');
is(granted(unjson(scimctl(qw(policy preview --json --tenant), $own, '--map', 'Web, Pro = 1/2 "x"'))), 'anna: 1/2 "x"', 'scimctl: a comma parts no mappings');

# --- saved ---------------------------------------------------------------------------------------------------------------------------------------

is_empty($t->admin(POST => '/policy', { map => [{ group => 'Web, Pro', subscription => '1/2 "x"' }, { group => 'a=b', subscription => 'x = y' }, { group => 'plain', role => 'read-only' }] }),
    204, 'saved');
is(mappings(), 'Web, Pro -> 1/2 "x", a=b -> x = y, plain -> role read-only', 'they are there');
is(scimctl(qw(policy save --tenant), $own, '--group', 'Equal=', '--subscription', '='), '', 'scimctl policy save, two options');
is_empty($t->admin(POST => '/policy', { group => 'plain', role => 'user', map => ['plain=Mail'] }), 204, 'one by its arguments, and one in the list');
is(mappings(), 'Equal= -> =, Web, Pro -> 1/2 "x", a=b -> x = y, plain -> Mail, plain -> role read-only, plain -> role user', 'they are there as well');

# --- errors --------------------------------------------------------------------------------------------------------------------------------------

my $FORM = 'each of the list must be an object with group and either subscription or role, or a text GROUP=SUBSCRIPTION or GROUP=role:ROLE.';
for my $path ('/preview', '/policy') {
    for (
        [{ map => 'plain=Mail' }, 400, { map => 'must be a list of at most 10000 mappings.' }],
        [{ map => ['plain'] }, 400, { map => $FORM }],
        [{ map => ['=Mail'] }, 400, { map => $FORM }],
        [{ map => ['plain= '] }, 400, { map => $FORM }],
        [{ map => ['plain=role:'] }, 400, { map => $FORM }],
        [{ map => [7] }, 400, { map => $FORM }],
        [{ map => [{}] }, 400, { map => $FORM }],
        [{ map => [{ group => 'plain' }] }, 400, { map => $FORM }],
        [{ map => [{ subscription => 'Mail' }] }, 400, { map => $FORM }],
        [{ map => [{ group => 'plain', subscription => 'Mail', role => 'user' }] }, 400, { map => $FORM }],
        [{ map => [{ group => 'plain', subscription => 'Mail', seats => 3 }] }, 400, { map => $FORM }],
        [{ map => [{ group => 7, subscription => 'Mail' }] }, 400, { map => $FORM }],
        [{ map => [{ group => '', subscription => 'Mail' }] }, 400, { map => $FORM }],
        [{ map => [{ group => 'x' x 1001, subscription => 'Mail' }] }, 400, { map => $FORM }],
        [{ group => 'plain' }, 400, { group => $ANY }],
        [{ subscription => 'Mail' }, 400, { group => $ANY }],
        [{ group => 'plain', subscription => 'Mail', role => 'user' }, 400, { group => $ANY }],
        [{ map => [{ group => 'nobody', subscription => 'Mail' }] }, 404, { map => qr/^There is no group "nobody"/ }],
        [{ map => [{ group => 'plain', subscription => 'nothing' }] }, 404, { map => qr/^There is no subscription "nothing"/ }],
        [{ map => [{ group => 'plain', role => 'king' }] }, 404, { map => qr/^There is no role "king"/ }],
    ) {
        my ($args, $status, $fields) = @$_;
        is_problem($t->admin(POST => $path, $args), $status, $ANY, $fields, "$path " . substr json($args), 0, 80);
    }
}

# --- existing access is not shown as granted -----------------------------------------------------------------------------------------------------

my $c = ScimTest->new('preview-role');
my %who = map { my ($name, $role) = split /:/; $name => $c->make(Users => userName => $name, ($role ? (roles => [{ value => $role }]) : ())) } qw(none own:read-only other:administrator user:user);
$c->make(Groups => displayName => 'All', members => [map { { value => $_ } } values %who]);
$c->admin(PATCH => '', { syncPolicy => 'groups' });
sub gets { my ($role) = @_; my $granted = $c->admin(POST => '/preview', { map => [{ group => 'All', role => $role }] })->{json}{granted};
    return "$granted->{count}: " . join ' ', sort map { $_->{userName} } @{ $granted->{items} } }
is(gets('user'), '2: other own', 'the default role: who has it by default, or of his own, is granted nothing');
is(gets('read-only'), '3: none other user', 'another role: who has it of his own is granted nothing');
$c->admin(PATCH => '', { defaultRole => 'read-only' });
is(gets('read-only'), '2: other user', 'it is the tenant\'s default that counts');
is(gets('user'), '3: none other own', 'and no other');
$c->admin(POST => '/mappings', { group => 'All', role => 'user' });
my ($mapping) = @{ $c->admin(GET => '/mappings')->{json}{items} };
is($c->admin(POST => '/preview', { unmap => [$mapping->{id}] })->{json}{withdrawn}{count}, 3, 'who keeps it of his own loses nothing');

done_testing();
