# The error if an administrator names an object that does not exist: what is wrong, what to do, and which names exist.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('refusals');
$t->make(Groups => displayName => $_) for 'Sales', 'Sales EMEA', 'Support', "\x{c9}quipe";
$t->make(Users => userName => $_, emails => [{ value => "$_\@x.example", type => 'work' }], displayName => ucfirst "$_ Muster") for qw(anna bert);
$t->make(Users => userName => "crowd$_") for 10 .. 40;
$t->admin(POST => '/subscriptions', { name => $_ }) for 'Web - French', 'Web - Bilingual';
$t->admin(POST => '/flags', { flag => $_ }) for qw(AI);
$t->admin(POST => '/templates', { name => 'Everybody', role => 'user' });
my $id = '01900000-0000-7000-8000-000000000000';

my $ROLES = 'The roles here are: administrator, office-admin, user, read-only, summary-only.';
my $SUBS  = 'The subscriptions here are: Web - Bilingual, Web - French.';
my $FIX   = 'make it first, or correct the name.';

# The request, the wrong argument, and the text.
for (
    # few: all existing names
    [POST => '/mappings', { group => 'Sales', role => 'king' }, 404, role => qq(There is no role "king"; $FIX $ROLES)],
    [PATCH => '/users/anna', { role => 'king' }, 400, role => "Role not found: king. $ROLES"],
    [GET => '/users?role=king', undef, 400, role => "Role not found: king. $ROLES"],
    [PATCH => '', { defaultRole => 'king' }, 400, defaultRole => "Role not found: king. $ROLES"],
    [PATCH => '', { reservedRoles => ['user', 'king'] }, 400, reservedRoles => "Role not found: king. $ROLES"],
    [POST => '/mappings/many', { groups => ['Sales'], roles => ['king'] }, 404, roles => qq(There is no role "king"; $FIX $ROLES)],
    [GET => '/roles/king', undef, 404, role => qq(There is no role "king"; $FIX $ROLES)],
    [POST => '/grants', { user => 'anna', subscription => 'Web' }, 404, subscription => qq(There is no subscription "Web"; $FIX $SUBS)],
    [POST => '/mappings', { group => 'Sales', subscription => 'Web' }, 404, subscription => qq(There is no subscription "Web"; $FIX $SUBS)],
    [GET => '/subscriptions/Web', undef, 404, subscription => qq(There is no subscription "Web"; $FIX $SUBS)],
    [POST => '/preview', { automatic => ['Web'] }, 404, automatic => qq(There is no subscription "Web"; $FIX $SUBS)],
    [POST => '/policy', { automatic => ['Web'] }, 404, automatic => qq(There is no subscription "Web"; $FIX $SUBS)],
    [POST => '/policy', { map => [{ group => 'Sales', subscription => 'Web' }] }, 404, map => qq(There is no subscription "Web"; $FIX $SUBS)],
    [POST => '/templates', { name => 'X', subscriptions => ['Web'] }, 400, subscriptions => qq(subscriptions: there is no subscription "Web"; $FIX $SUBS)],
    [PATCH => '/users/anna', { flags => ['IA'] }, 400, flags => qq(There is no flag "IA"; $FIX The flag here is: AI.)],
    [PATCH => '/flags/IA', { description => 'x' }, 404, flag => qq(There is no flag "IA"; $FIX The flag here is: AI.)],
    [GET => '/users?flag=IA', undef, 400, flag => qq(There is no flag "IA"; $FIX The flag here is: AI.)],
    [GET => '/templates/Every', undef, 404, template => 'There is no template "Every"; the list of templates shows their names. The template here is: Everybody.'],
    # many: similar names
    [GET => '/groups/Salse', undef, 404, group => qq(There is no group "Salse"; $FIX Did you mean "Sales"?)],
    [GET => '/groups/emea', undef, 404, group => qq(There is no group "emea"; $FIX Did you mean "Sales EMEA"?)],
    [GET => '/groups/equipe', undef, 404, group => qq(There is no group "equipe"; $FIX Did you mean "\x{c9}quipe"?)],
    [POST => '/mappings', { group => 'Saless', role => 'user' }, 404, group => qq(There is no group "Saless"; $FIX Did you mean "Sales"?)],
    [GET => '/mappings?group=Suport', undef, 404, group => qq(There is no group "Suport"; $FIX Did you mean "Support"?)],
    [GET => '/users/ana', undef, 404, user => qq(There is no user "ana"; $FIX Did you mean "anna"?)],
    [GET => '/users/anna@x.example/access', undef, 404, user => qq(There is no user "anna\@x.example"; $FIX Did you mean "anna"?)],
    [GET => '/users/Anna%20Muster', undef, 404, user => qq(There is no user "Anna Muster"; $FIX Did you mean "anna"?)],
    [POST => '/grants', { user => 'crowd1', subscription => 'Web - French' }, 404, user => qq(There is no user "crowd1"; $FIX Did you mean "crowd10" or "crowd11" or "crowd12"?)],
    [POST => '/links', { user => 'annas', issuer => 'i', subject => 's' }, 404, user => qq(There is no user "annas"; $FIX Did you mean "anna"?)],
    [GET => '/users/zzz', undef, 404, user => qq(There is no user "zzz"; $FIX)],
    [GET => "/users/$id", undef, 404, user => qq(There is no user "$id"; $FIX)],
    # objects that have only an id
    [DELETE => "/mappings/$id", undef, 404, mapping => qq(There is no mapping "$id"; the list of mappings shows their ids.)],
    [DELETE => "/grants/$id", undef, 404, grant => qq(There is no grant "$id"; the list of grants shows their ids.)],
    [DELETE => "/links/$id", undef, 404, link => qq(There is no link "$id"; the list of links shows their ids.)],
    [POST => "/holds/$id/release", {}, 404, hold => qq(There is no held request "$id"; the list of holds shows their ids.)],
    # names that are taken
    [POST => '/subscriptions', { name => 'web - french' }, 409, name => 'There is a subscription "Web - French" already; choose another name, or change that one.'],
    [POST => '/flags', { flag => 'ai' }, 409, flag => qr/^There is a flag "(AI|ai)" already; choose another name, or change that one\.$/],
    [POST => '/templates', { name => 'everybody', role => 'user' }, 409, name => 'There is a template "Everybody" already; choose another name, or change that one.'],
    [POST => '/roles', { role => 'User' }, 409, role => 'There is a role "user" already; choose another name, or change that one.'],
    # arguments
    [GET => '/audit?acter=x', undef, 400, acter => qr/^is unknown; the arguments are: q, limit, after, .*actor.*\.$/],
    [POST => '/grants', { user => 'anna' }, 400, subscription => 'is missing; give the subscription that it gets, under any sync policy.'],
    [GET => '/users?limit=5&after=x', undef, 400, after => 'is not a valid page token; use the `next` value of a previous page.'],
) {
    my ($method, $path, $args, $status, $field, $text) = @$_;
    my $res = $t->admin($method => $path, $args);
    is($res->{status}, $status, "$method $path: status") or diag $res->{body};
    my ($told) = grep { $_->{field} eq $field } @{ $res->{json}{errors} // [] };
    (my $wanted = $text) =~ s/^\Q$field\E: // unless ref $text;
    ref $text ? like($told->{detail}, $text, "$method $path: $field") : is($told->{detail}, $wanted, "$method $path: $field");
}

# Only the tenant's own names are shown, never another tenant's.
{
    my $other = ScimTest->new('refusals-other');
    $other->make(Groups => displayName => 'Secret sales');
    is($t->admin(GET => '/groups/Secret')->{json}{detail}, qq(There is no group "Secret"; $FIX), 'not another tenant\'s group');
    my @own = (':base' => '/own', ':user' => $t->tenant);
    my $near = substr $other->tenant, 0, -1;
    unlike($t->admin(GET => "//tenants/$near", undef, @own)->{json}{detail}, qr/Did you mean/, 'nor its name');
    like($t->admin(GET => "//tenants/$near")->{json}{detail}, qr/^There is no tenant "\Q$near\E"; create it first or correct the name\. Did you mean ".*\Q${\$other->tenant}\E"/, 'but to who administers all');
}
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(group show Salse --tenant), $t->tenant))[0], qq(scimctl: There is no group "Salse"; $FIX Did you mean "Sales"?\n), 'scimctl tells the same');

done_testing();
