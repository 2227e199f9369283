# SURF's SBS: empty strings for missing values, SSH keys as certificates, a custom extension that is listed, PUT of
# whole users and groups.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('surf');
my $SRAM = 'urn:mace:surf.nl:sram:scim:extension:User';
my %user = (externalId => 'e6b1a2c4-0d7e-4f0e-9a1a-2f1f0a6d3b11@sram.surf.nl', userName => 'jdoe', displayName => 'John Doe', active => true, name => { givenName => 'John', familyName => 'Doe' }, emails => [{ value => 'j@x.example', primary => true }],
    x509Certificates => [{ value => 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== jdoe@laptop' }]);
my %sent = (schemas => [$USER, $SRAM], %user, phoneNumbers => '', addresses => '', profileUrl => '', $SRAM => { eduPersonScopedAffiliation => 'member@x', eduPersonUniqueId => 'x', sramInactiveDays => 5 });
my $res = $t->request(POST => '/Users', \%sent);
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
my $reason = $t->admin(GET => '/activity')->{json}{items}[0]{reason};
like($reason, qr/^The extension \Q$SRAM\E is unknown here/, 'activity names the extension');
like($reason, qr/empty-string, ?unknown-extension|empty-string/, 'and the slips');
is_json([map { $_->{id} } @{ $t->request(GET => '/Users?filter=externalId%20eq%20%22e6b1a2c4-0d7e-4f0e-9a1a-2f1f0a6d3b11%40sram.surf.nl%22')->{json}{Resources} }], [$id], 'match by externalId');
is_json([map { $_->{id} } @{ $t->request(GET => '/Users?filter=meta.location%20eq%20%22' . $t->url . "/Users/$id%22")->{json}{Resources} }], [$id], 'match by meta.location');
$res = $t->request(PUT => "/Users/$id", { %sent, id => $id, active => false, x509Certificates => [] });
delete $user{x509Certificates};
is_reply($res, 200, $t->user({ %user, active => false }, $id, 2), 'suspend, without keys');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP, 'urn:mace:surf.nl:sram:scim:extension:Group'], externalId => 'co-1@sram.surf.nl', displayName => 'CO 1', members => [{ value => $id, display => 'John Doe', '$ref' => "/Users/$id" }],
    'urn:mace:surf.nl:sram:scim:extension:Group' => { description => '', urn => 'x', labels => [] } });
is($res->{status}, 201, 'create a group') or diag $res->{body};
my $group = $res->{json}{id};
is_json($t->stored_members($group), [$id], 'with its member');
is($t->request(PUT => "/Groups/$group", { schemas => [$GROUP], externalId => 'co-1@sram.surf.nl', displayName => 'CO 1', members => '' })->{status}, 200, 'PUT without members');
is_json($t->stored_members($group), [], 'nobody is left');
# It appends meta.location to its base URL, which is its error; the answer has the correct URL.
is_error($t->request(GET => '/' . $res->{json}{meta}{location}), 404, undef, qr{; use \Q$res->{json}{meta}{location}\E\. }, 'a location behind the base URL');
is_empty($t->request(DELETE => "/Groups/$group"), 204, 'delete the group');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete the user');

done_testing;
