# SailPoint: it reads discovery into strict types, aggregates accounts and groups page by page, and changes by PATCH.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('sailpoint');
sub get { $t->request(GET => $_[0], undef, Accept => 'application/scim+json') }
sub type_of {
    my $value = $_[0];
    return ref $value eq 'JSON::PP::Boolean' ? 'boolean' : ref $value eq 'ARRAY' ? 'list' : ref $value eq 'HASH' ? 'object'
        : !defined $value ? 'null' : json($value) =~ /^"/ ? 'string' : 'number';
}
# `$types` has the type of each required member; "?" marks an optional one.
sub is_typed {
    my ($object, $types, $name) = @_;
    my %wrong = map { $_ => type_of($object->{$_}) } grep { exists $object->{$_} } keys %$object;
    for my $member (keys %$types) {
        my ($may, $type) = $types->{$member} =~ /^(\??)(.*)/;
        delete $wrong{$member} if ($wrong{$member} // '') eq $type;
        $wrong{$member} = 'absent' if !$may && !exists $object->{$member};
    }
    is_json(\%wrong, {}, "$name: strict types");
}

# Discovery
my $res = get('/ServiceProviderConfig');
is($res->{status}, 200, 'ServiceProviderConfig');
my $config = $res->{json};
is_typed($config, { schemas => 'list', patch => 'object', bulk => 'object', filter => 'object', changePassword => 'object',
    sort => 'object', etag => 'object', authenticationSchemes => 'list', meta => 'object', pagination => '?object',
    documentationUri => '?string' }, 'ServiceProviderConfig');
is_typed($config->{$_}, { supported => 'boolean' }, "ServiceProviderConfig $_") for qw(patch changePassword sort etag);
is_typed($config->{bulk}, { supported => 'boolean', maxOperations => 'number', maxPayloadSize => 'number' }, 'bulk');
is_typed($config->{filter}, { supported => 'boolean', maxResults => 'number' }, 'filter');
is_typed($_, { type => 'string', name => 'string', description => 'string', specUri => '?string', documentationUri => '?string',
    primary => '?boolean' }, "scheme $_->{name}") for @{ $config->{authenticationSchemes} };

my $list = get('/ResourceTypes')->{json};
my %list = (schemas => 'list', totalResults => 'number', startIndex => 'number', itemsPerPage => 'number', Resources => 'list');
is_typed($list, \%list, 'ResourceTypes');
is_reply(get('/ResourceTypes/User'), 200, (grep { $_->{id} eq 'User' } @{ $list->{Resources} })[0], 'ResourceTypes/User');
for my $type (@{ $list->{Resources} }) {
    is_typed($type, { schemas => 'list', id => 'string', name => 'string', endpoint => 'string', description => 'string',
        schema => 'string', schemaExtensions => '?list', meta => 'object' }, $type->{name});
    is_typed($_, { schema => 'string', required => 'boolean' }, "$type->{name}: $_->{schema}") for @{ $type->{schemaExtensions} // [] };
    is(get("/Schemas/$_")->{json}{id}, $_, "$type->{name}: the schema $_ is served")
        for $type->{schema}, map { $_->{schema} } @{ $type->{schemaExtensions} // [] };
}
$list = get('/Schemas')->{json};
is_typed($list, \%list, 'Schemas');
is_reply(get("/Schemas/$USER"), 200, (grep { $_->{id} eq $USER } @{ $list->{Resources} })[0], 'the schema of User');
sub is_typed_attribute {
    my ($attribute, $at) = @_;
    is_typed($attribute, { name => 'string', type => 'string', multiValued => 'boolean', description => 'string',
        required => 'boolean', canonicalValues => '?list', caseExact => 'boolean', mutability => 'string', returned => 'string',
        uniqueness => 'string', referenceTypes => '?list', subAttributes => '?list' }, "$at $attribute->{name}");
    is_typed_attribute($_, "$at $attribute->{name}") for @{ $attribute->{subAttributes} // [] };
}
for my $schema (@{ $list->{Resources} }) {
    is_typed($schema, { schemas => 'list', id => 'string', name => 'string', description => 'string', attributes => 'list',
        meta => 'object' }, $schema->{name});
    is_typed_attribute($_, $schema->{name}) for @{ $schema->{attributes} };
}

# Aggregation: pages until the total is reached, first of an empty source.
sub aggregate {
    my ($endpoint, $count) = @_;
    my @seen;
    for (my $start = 1; ; $start += $count) {
        my $res = get("/$endpoint?startIndex=$start&count=$count");
        is($res->{status}, 200, "$endpoint from $start by $count") or last;
        is_typed($res->{json}, \%list, "$endpoint from $start by $count");
        push @seen, @{ $res->{json}{Resources} };
        last if $start + $count > $res->{json}{totalResults};
    }
    return [map { $_->{id} } @seen];
}
is_json(aggregate($_, 100), [], "aggregation of no $_") for qw(Users Groups);
my @users = map { $t->make(Users => userName => "user$_", ($_ % 2 ? (active => false) : ())) } 1 .. 11;
my @groups = map { $t->make(Groups => displayName => "Group $_", members => [map { { value => $_ } } @users]) } 1 .. 5;
is_json(aggregate(Users => $_), \@users, "aggregation of users by $_, disabled ones too") for 1, 3, 10, 11, 12, 250;
is_json(aggregate(Groups => $_), \@groups, "aggregation of groups by $_") for 2, 5, 100;

# Accounts: created, changed by PATCH, their groups changed in the group.
$res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'new', displayName => 'New',
    name => { familyName => 'F', givenName => 'G' }, $ENTERPRISE => { department => 'D' } });
my %user = (userName => 'new', displayName => 'New', active => true, name => { familyName => 'F', givenName => 'G' },
    $ENTERPRISE => { department => 'D' });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create an account');
my $id = $res->{json}{id};
is_reply($t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => false }]), 200,
    $t->user({ %user, active => false }, $id, 2), 'disable the account');
is_json($t->row($id)->{doc}{active}, false, 'disabled: stored');
is_empty($t->patch("/Groups/$groups[0]", [{ op => 'add', path => 'members', value => [{ value => $id }] }]), 204, 'grant a group');
is_json(get("/Users/$id")->{json}{groups}, [{ value => $groups[0], display => 'Group 1', type => 'direct',
    '$ref' => $t->url . "/Groups/$groups[0]" }], 'the account tells it');
is_empty($t->patch("/Groups/$groups[0]", [{ op => 'remove', path => "members[value eq \"$id\"]" }]), 204, 'revoke the group');
is_json($t->stored_members($groups[0]), \@users, 'revoked: stored');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete the account');
is_json(aggregate(Users => 4), \@users, 'the deleted account is not aggregated');

done_testing;
