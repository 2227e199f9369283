# Microsoft's SCIM Validator: it reads the schemas, writes every attribute in them and expects it in the answer, sends
# an empty list of operations, and uses the first resource type for users.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('validator');
my $types = $t->request(GET => '/ResourceTypes')->{json}{Resources};
is($types->[0]{name}, 'User', 'ResourceTypes[0] is taken for the user');
my %schema = map { $_->{id} => $_ } @{ $t->request(GET => '/Schemas')->{json}{Resources} };

# A value for each writable attribute, as the validator makes it.
sub value {
    my ($attribute, $name) = @_;
    return if $attribute->{mutability} eq 'readOnly';
    if ($attribute->{type} eq 'complex') {
        my %value = map { my $sub = value($_, "$name$_->{name}"); defined $sub ? ($_->{name} => $sub) : () } @{ $attribute->{subAttributes} };
        return $attribute->{multiValued} ? [{ %value, exists $value{primary} ? (primary => true) : () }] : \%value;
    }
    my $canonical = $attribute->{canonicalValues};
    my $one = $name =~ /^rolesvalue$/ ? 'user' : $canonical ? $canonical->[0] : $attribute->{type} eq 'boolean' ? true : $attribute->{type} eq 'reference' ? "https://x.example/$name" : $attribute->{type} eq 'binary' ? 'QUJD' : "x$name";
    return $attribute->{multiValued} ? [$one] : $one;
}
sub whole {
    my ($urn) = @_;
    return map { my $value = value($_, $_->{name}); defined $value ? ($_->{name} => $value) : () } @{ $schema{$urn}{attributes} };
}
my %user = (whole($USER), $ENTERPRISE => { whole($ENTERPRISE) });
ok(!exists $user{password}, 'no password is advertised, which would not come back');
my $res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user });
is($res->{status}, 201, 'create with every attribute') or diag $res->{body};
my $id = $res->{json}{id};
is_json({ map { $_ => $res->{json}{$_} } keys %user }, \%user, 'everything comes back');
is_json({ map { $_ => $t->request(GET => "/Users/$id")->{json}{$_} } keys %user }, \%user, 'GET, too');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => uc $user{userName} }), 409, 'uniqueness', undef, 'a duplicate');
for my $name (lc $user{userName}, uc $user{userName}) {
    is($t->request(GET => "/Users?filter=userName%20eq%20%22$name%22")->{json}{totalResults}, 1, "filter $name");
}
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22nobody%22'), 200, listing(0, 1), 'a filter that finds nobody');
# One operation on each attribute of the user
for my $name (sort grep { !/^(?:userName|groups)$/ && !ref $user{$_} } keys %user) {
    my $value = $name eq 'active' ? false : "$user{$name}2";
    is($t->patch("/Users/$id", [{ op => 'replace', path => $name, value => $value }])->{json}{$name}, $value, "PATCH $name");
}
is_json($t->patch("/Users/$id", [{ op => 'add', path => 'manager', value => '' }])->{json}{$ENTERPRISE}{manager}, undef, 'remove manager is an empty string');
is($t->patch("/Users/$id", [])->{status}, 200, 'no operations');
is($t->patch("/Users/$id", [{ op => 'replace', path => 'userName', value => 'other' }])->{json}{userName}, 'other', 'PATCH userName');
is($t->patch("/Users/$id", [{ op => 'add', path => 'title', value => 'a' }, { op => 'replace', path => 'title', value => 'b' }])->{json}{title}, 'b', 'two operations on one attribute');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete');
is_error($t->request(DELETE => "/Users/$id"), 404, undef, undef, 'delete twice');
is_error($t->request(GET => '/users'), 404, undef, qr{; use \Q@{[$t->url]}\E/Users\. }, 'the address of the Postman collection is answered with the right one');
# Groups
my $ann = $t->make(Users => userName => 'ann');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'G', externalId => 'g', members => [{ value => $ann }] });
my $group = $res->{json}{id};
is($res->{status}, 201, 'a group');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => "members[value eq \"$ann\"]" }]), 204, 'remove a member');
is_json($t->request(GET => "/Groups/$group")->{json}{members}, [], 'it has none');
is_empty($t->patch("/Groups/$group", []), 204, 'no operations');
is_empty($t->request(DELETE => "/Groups/$group"), 204, 'delete the group');

done_testing;
