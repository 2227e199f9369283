# The identity provider deletes a group and makes it again with the same name: the new group gets the old one's
# mappings, if the tenant has set that.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t    = ScimTest->new('again');
my $own  = $t->tenant;
my $n    = 0;

sub bulk { return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [@_] }) }
sub post { my ($name, %more) = @_; return $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => $name, %more }) }
sub gone { is($t->request(DELETE => "/Groups/$_[0]")->{status}, 204, 'the identity provider deletes it') }
sub mappings { my ($id) = @_; return join ', ', sort map { $_->{subscription} // "role:$_->{role}" }
    @{ $t->admin(GET => "/mappings?group=$id")->{json}{items} } }

# A group that was mapped to the subscription Web and to a role, and that the identity provider has deleted.
sub former {
    my ($name, @to) = @_;
    my $id = $t->make(Groups => displayName => $name);
    @to = ({ subscription => 'Web' }, { role => 'read-only' }) unless @to;
    is($t->admin(POST => '/mappings', { group => $id, %$_ })->{status}, 201, "$name is mapped") for @to;
    gone($id);
    return $id;
}

$t->admin(POST => '/subscriptions', { name => $_, seats => 1 }) for qw(Web Shop);
$t->admin(PATCH => '', { syncPolicy => 'groups' });

# --- without the setting ---------------------------------------------------------------------------------------------------------------------------

is($t->admin(GET => '')->{json}{restoreMappings}, 'never', 'a tenant does not want it by itself');
my $old = former('Sales');
my $new = post('Sales')->{json}{id};
is(mappings($new), '', 'so the new group is mapped to nothing');
is(mappings($old), 'Web, role:read-only', 'and the old one keeps its mappings');
gone($new);
is_problem($t->admin(PATCH => '', { restoreMappings => 'name' }), 400, $ANY, { restoreMappings => 'must be one of: never|displayName.' }, 'no such choice');

# --- all ways in which a group is made -------------------------------------------------------------------------------------------------------------

is($t->admin(PATCH => '', { restoreMappings => 'displayName' })->{json}{restoreMappings}, 'displayName', 'it wants it');
my $since = sql("select now()");
my $anna = $t->make(Users => userName => 'anna');
my @ways = (
    ['POST', sub { post($_[0]) }],
    ['POST with members', sub { post($_[0], members => [{ value => $anna }]) }],
    ['POST in another case', sub { post(uc $_[0]) }],
    ['POST with another externalId', sub { post($_[0], externalId => 'another') }],
    ['Bulk', sub { bulk({ method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => $_[0] } }) }],
    ['Bulk with members that it makes', sub { bulk({ method => 'POST', path => '/Users', bulkId => 'u', data => { schemas => [$USER], userName => 'u' . $n } },
        { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => $_[0], members => [{ value => 'bulkId:u' }] } }) }],
    ['Bulk among other groups', sub { bulk(map { { method => 'POST', path => '/Groups', bulkId => "g$_", data => { schemas => [$GROUP], displayName => $_[0] . $_ } } } 'x', '', 'y') }],
    ['Bulk, all or nothing', sub { $t->request(POST => '/Bulk', { schemas => [$BULK], failOnErrors => 1, Operations => [
        { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => $_[0] } }] }) }],
);
for (@ways) {
    my ($way, $make) = @$_;
    my $name = 'Group ' . ++$n;
    my $before = former($name);
    my $res = $make->($name);
    like($res->{status}, qr/^20[01]$/, $way) or diag $res->{body};
    my $after = sql("select id from scim.resource where tenant = '$own' and group_name_key = scim.fold('$name')");
    isnt($after, $before, "$way: it is another group");
    is(mappings($after), 'Web, role:read-only', "$way: and finds its mappings");
    is(mappings($before), '', "$way: which the old one has no longer");
    is(sql("select string_agg(concat_ws(' ', action, object_id, object_name, before, after, actor_kind), E'\\n' order by id)
        from scim.audit where tenant = '$own' and action in ('map', 'unmap') and object_id in ('$before', '$after')
         and (before is not null or after ? 'formerGroup')") =~ s/\Q$after\E/NEW/gr =~ s/\Q$before\E/OLD/gr =~ s/\U$name\E|\Q$name\E/NAME/gr,
        join("\n", map { ("unmap OLD NAME {$_->[0]} token", "map NEW NAME {$_->[1]} token") }
            ['"subscription": "Web"', '"formerGroup": "OLD", "subscription": "Web"'], ['"role": "read-only"', '"role": "read-only", "formerGroup": "OLD"']),
        "$way: the audit log tells it") if $way !~ /case/;
}
# The name's accents in another normal form.
{
    my $before = former("\x{c9}quipe");
    my $res = post("E\x{301}quipe");
    is(mappings($res->{json}{id}), 'Web, role:read-only', 'another normal form of the name');
}
is(sql("select count(*) from scim.mapping where tenant = '$own' and since < '$since' and group_id <> '$old'"), 0, 'no mapping counts from earlier than that');

# Activity has a note for the administrator.
{
    former('Told');
    post('Told');
    like($t->admin(GET => '/activity?limit=1')->{json}{items}[0]{reason}, qr/^The group found 2 mappings of the deleted group of that name again\.$/, 'activity tells it');
}

# --- several former groups -------------------------------------------------------------------------------------------------------------------------

{
    former('Twice', { subscription => 'Web' });
    sql("update scim.tenant set restore_mappings = 'never' where tenant = '$own'; update scim.token set rules = rules + 1 where tenant = '$own'");
    former('Twice', { subscription => 'Shop' });
    gone(post('Twice')->{json}{id});
    $t->admin(PATCH => '', { restoreMappings => 'displayName' });
    is(mappings(post('Twice')->{json}{id}), 'Shop', 'of two old groups of the name, the one that was deleted last');
}
{
    my $before = former('Unmapped', { subscription => 'Web' });
    my ($mapping) = @{ $t->admin(GET => "/mappings?group=$before")->{json}{items} };
    is($t->admin(DELETE => "/mappings/$mapping->{id}")->{status}, 204, 'an administrator takes the mapping away');
    is(mappings(post('Unmapped')->{json}{id}), '', 'and it does not come back');
}
{
    former('Renamed', { subscription => 'Web' });
    my $other = $t->make(Groups => displayName => 'Other');
    is($t->patch("/Groups/$other", [{ op => 'replace', path => 'displayName', value => 'Renamed' }])->{status}, 204, 'another group is renamed');
    is(mappings($other), '', 'it is not the one that was deleted');
}
{
    my $before = former('Restored', { subscription => 'Web' });
    my $after  = post('Restored')->{json}{id};
    is(mappings($after), 'Web', 'made again');
    is_problem($t->admin(POST => "/groups/$before/restore"), 409, $ANY, { group => $ANY }, 'the old one cannot be restored beside it');
    gone($after);
    is($t->admin(POST => "/groups/$after/restore")->{status}, 200, 'the new one can be');
    is(mappings($after), 'Web', 'and has its mappings');
}
# A name that was often used: many groups that were deleted later have no mappings.
{
    my $before = former('Often', { subscription => 'Web' });
    for (1 .. 3) { my $id = $t->make(Groups => displayName => 'other'); is($t->patch("/Groups/$id", [{ op => 'replace', path => 'displayName', value => 'often' }])->{status}, 204, 'another one'); gone($id) }
    is(mappings(post('Often')->{json}{id}), 'Web', 'the last one that has any is found');
    is(mappings($before), '', 'and has them no more');
}
{
    my $before = former('Local', { subscription => 'Web' });
    is(mappings($t->admin(POST => '/groups', { displayName => 'Local' })->{json}{id}), '', 'a local group finds none');
}

# --- cases in which no mapping is moved ------------------------------------------------------------------------------------------------------------

{
    my $before = former('Taken', { subscription => 'Web' });
    $t->make(Groups => displayName => 'Free');
    is($t->patch('/Groups/' . sql("select id from scim.resource where tenant = '$own' and group_name_key = 'free'"),
        [{ op => 'replace', path => 'displayName', value => 'Taken' }])->{status}, 204, 'its name is taken');
    is_error(post('Taken'), 409, 'uniqueness', $ANY, 'so it cannot be made');
    is(bulk({ method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => 'Taken' } })->{json}{Operations}[0]{status}, '409', 'nor by Bulk');
    is(mappings($before), 'Web', 'and nothing has moved');
}
{
    my $before = former('Nobody', { subscription => 'Web' });
    is_error(post('Nobody', members => [{ value => $before }]), 400, 'invalidValue', $ANY, 'a member that is none');
    is(mappings($before), 'Web', 'nothing has moved');
}
{
    my $before = former('Dry', { subscription => 'Web' });
    $t->admin(PATCH => '', { dryRun => true });
    is(post('Dry')->{status}, 201, 'a dry run');
    $t->admin(PATCH => '', { dryRun => false });
    is(mappings($before), 'Web', 'nothing has moved');
}
{
    my $other = ScimTest->new('again-other');
    former('Elsewhere', { subscription => 'Web' });
    $other->admin(PATCH => '', { restoreMappings => 'displayName' });
    my $id = $other->make(Groups => displayName => 'Elsewhere');
    is(sql("select count(*) from scim.mapping where group_id = '$id'"), 0, 'the mappings of another tenant are not found');
}

# Deleted and made again in one Bulk.
{
    my $id = $t->make(Groups => displayName => 'Swapped');
    $t->admin(POST => '/mappings', { group => $id, subscription => 'Web' });
    my $res = bulk({ method => 'DELETE', path => "/Groups/$id" },
        { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => 'swapped' } });
    is(join(' ', map { $_->{status} } @{ $res->{json}{Operations} }), '204 201', 'deleted and made again in one request');
    is(mappings(sql("select id from scim.resource where tenant = '$own' and group_name_key = 'swapped'")), 'Web', 'it finds them');
}

# --- seats -----------------------------------------------------------------------------------------------------------------------------------------

{
    my %user = map { $_ => $t->make(Users => userName => "seat-$_") } qw(first second);
    $t->admin(POST => '/subscriptions', { name => 'Seat', seats => 1 });
    my @group = map { $t->make(Groups => displayName => "Seat $_", members => [{ value => $user{$_} }]) } qw(first second);
    $t->admin(POST => '/mappings', { group => "Seat $_", subscription => 'Seat' }) for qw(first second);
    my $standing = sub { join ' ', map { my $name = $_->{userName} =~ s/^seat-//r; $_->{seated} ? $name : "($name)" } @{ $t->admin(GET => '/subscriptions/Seat/users')->{json}{items} } };
    is($standing->(), 'first (second)', 'one seat');
    gone($group[0]);
    is($standing->(), 'second', 'it is free when the group is deleted');
    post('Seat first', members => [{ value => $user{first} }]);
    is($standing->(), 'second (first)', 'and who has it keeps it when the group is made again');
}

# The database right for this: the group of a mapping can be changed, and nothing else.
for ('insert into scim.mapping (tenant, id, group_id, role, created_by) values (\'x\', gen_random_uuid(), gen_random_uuid(), \'user\', \'x\')',
    'delete from scim.mapping', 'update scim.mapping set role = \'administrator\'', 'update scim.mapping set subscription_id = null', 'update scim.mapping set tenant = \'x\'') {
    like(sql_as_web($_), qr/permission denied/, "httpd's role may not: " . s/ .*//r);
}
sub sql_as_web { my ($text) = @_; return eval { sql("set role scim_web; $text"); 1 } ? 'done' : $@ }

done_testing();
