# A customer's story: three ways of automatic access, groups mapped to two subscriptions, the main contact unchanged,
# access that ends with leaving a group. By SCIM, the admin API and scimctl.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('customer-access');
my $tenant = $t->tenant;
my @tenant = ('--tenant', $tenant);

# An account's subscriptions in the applications' view.
sub uses {
    my ($user) = @_;
    return sql("set scim.tenant = '$tenant'; select coalesce(string_agg(name, ', ' order by name), 'nothing') from scim_app.effective_access
        where user_id = '$user' and kind = 'subscription' and seated");
}
sub policy { my ($policy) = @_; return scimctl(qw(tenant set), $tenant, '--sync-policy', $policy) }
sub members { my ($group, $op, @users) = @_; return $t->patch("/Groups/$group", [{ op => $op, path => 'members', value => [map { { value => $_ } } @users] }]) }

# The administrator adds two subscriptions, and has a main contact that was provisioned and has a manual grant.
is($t->admin(POST => '/subscriptions', { name => 'Web - Bilingual' })->{status}, 201, 'a subscription');
is($t->admin(POST => '/subscriptions', { name => 'Web - French', automatic => true })->{status}, 201, 'another, which is automatic');
my $owner = $t->make(Users => userName => 'owner@example.com', externalId => 'o-1', displayName => 'Olive Owner');
is($t->admin(POST => '/grants', { user => 'owner@example.com', subscription => 'Web - Bilingual' })->{status}, 201, 'granted by hand');
my $protected = $t->admin(POST => "/users/$owner/protect", { kind => 'main-contact' });
is($protected->{status}, 200, 'the main contact') or diag $protected->{body};

# 1. Manual: new accounts have nothing.
my %id = map { $_ => $t->make(Users => userName => "$_\@example.com", externalId => "x-$_") } qw(ann bob);
is_json([map { uses($_) } @id{qw(ann bob)}, $owner], ['nothing', 'nothing', 'Web - Bilingual'], 'manual: nobody has anything but by hand');

# 2. All: the automatic subscription, with a preview before the change.
my $preview = $t->admin(POST => '/preview', { syncPolicy => 'all' });
is_json([map { $preview->{json}{$_}{count} } qw(granted withdrawn)], [2, 0], 'two would get it, the main contact not') or diag $preview->{body};
is_json([map { uses($_) } @id{qw(ann bob)}], ['nothing', 'nothing'], 'a preview changes nothing');
policy('all');
is_json([map { uses($_) } @id{qw(ann bob)}, $owner], ['Web - French', 'Web - French', 'Web - Bilingual'], 'all: at once, without an invitation');

# 3. Groups, mapped to both subscriptions.
my $sales = $t->make(Groups => displayName => 'Sales', externalId => 'g-1');
is_json(unjson(scimctl(qw(mapping add --json --group Sales --subscription), $_, @tenant))->{subscription}, $_, "Sales is mapped to $_")
    for 'Web - Bilingual', 'Web - French';
policy('groups');
is_json([map { uses($_) } @id{qw(ann bob)}, $owner], ['nothing', 'nothing', 'Web - Bilingual'], 'groups: who is in none has nothing');
is($t->admin(POST => '/grants', { user => 'bob@example.com', subscription => 'Web - French' })->{status}, 201, 'bob is granted one by hand');
is(members($sales, 'add', @id{qw(ann bob)}, $owner)->{status}, 204, 'all three join');
is_json([map { uses($_) } @id{qw(ann bob)}, $owner], ['Web - Bilingual, Web - French', 'Web - Bilingual, Web - French', 'Web - Bilingual'],
    'joining grants both at once, and the main contact has what it had');
my $why = $t->admin(GET => "/users/$id{bob}/access");
like(join('; ', @{ $why->{json}{summary} }), qr/Web - French.*Sales/, 'an administrator sees why');

# The main contact is never touched.
my $before = $t->row($owner);
is_error($t->patch("/Users/$owner", [{ op => 'replace', path => 'active', value => false }]), 403, undef, qr/main contact/, 'PATCH of the main contact');
is_error($t->request(PUT => "/Users/$owner", { schemas => [$USER], userName => 'owner@example.com' }), 403, undef, qr/main contact/, 'PUT');
is_error($t->request(DELETE => "/Users/$owner"), 403, undef, qr/main contact/, 'DELETE');
is_error(members($sales, 'remove', $id{ann}, $owner), 403, undef, qr/protected/, 'taking it out of a group, with another');
is_json($t->row($owner), $before, 'it is as it was');
is_json($t->stored_members($sales), [sort $owner, @id{qw(ann bob)}], 'and so is the group');

# Leaving the group ends the access at once; manual grants stay.
is(members($sales, 'remove', @id{qw(ann bob)})->{status}, 204, 'ann and bob leave');
is_json([map { uses($_) } @id{qw(ann bob)}, $owner], ['nothing', 'Web - French', 'Web - Bilingual'], 'what the group gave is gone');
is($t->patch("/Users/$id{bob}", [{ op => 'replace', path => 'active', value => 'False' }])->{status}, 200, 'bob is deactivated');
is(uses($id{bob}), 'nothing', 'and has nothing');
is($t->patch("/Users/$id{bob}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'bob comes back');
is(uses($id{bob}), 'Web - French', 'with what was granted by hand');
is($t->request(DELETE => "/Users/$id{bob}")->{status}, 204, 'bob is deleted');
is(uses($id{bob}), 'nothing', 'and has nothing');
is_json(unjson(scimctl(qw(audit list --json --action delete --object-id), $id{bob}, @tenant))->[0]{actor}, 'test', 'the audit log knows who did it');

done_testing;
