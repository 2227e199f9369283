# A customer's story: a template for all new accounts, a duplicate by e-mail, a removed link, two merged accounts. By
# SCIM, the admin API and scimctl.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('customer-template');
my $tenant = $t->tenant;
my @tenant = ('--tenant', $tenant);
my @schemas = ('--schema-dir', "$ENV{SCIM_TEST_WORK}/schemas");

sub uses {
    my ($user) = @_;
    return sql("set scim.tenant = '$tenant'; select coalesce(string_agg(name, ', ' order by name), 'nothing') from scim_app.effective_access
        where user_id = '$user' and kind = 'subscription'");
}

# The template for everybody.
is($t->admin(POST => '/subscriptions', { name => 'Basics' })->{status}, 201, 'a subscription');
is($t->admin(POST => '/groups', { displayName => 'Everyone here' })->{status}, 201, 'a group of the administrator\'s own');
is($t->admin(POST => '/flags', { flag => 'May use AI' })->{status}, 201, 'a flag');
my $template = unjson(scimctl(qw(template add Newcomers --json --role summary-only --subscriptions Basics --flags), 'May use AI', '--groups', 'Everyone here', @schemas, @tenant));
is_json([@$template{qw(condition role groups subscriptions flags)}], [undef, 'summary-only', ['Everyone here'], ['Basics'], ['May use AI']], 'a template for everybody');

my $kim = $t->make(Users => userName => 'kim.berg', externalId => 'k-1', emails => [{ value => 'kim@example.com', type => 'work', primary => true }]);
my $seen = $t->admin(GET => "/users/$kim")->{json};
is_json([@$seen{qw(role flags)}, [map { $_->{displayName} } @{ $seen->{groups} }], uses($kim)], ['summary-only', ['May use AI'], ['Everyone here'], 'Basics'], 'a new account has it all');
is_json([map { $_->{action} } @{ $t->admin(GET => "/audit?objectId=$kim&action=template")->{json}{items} }], ['template'], 'the audit log shows the template');

# The same person has an older account, which is found by its e-mail address.
my $old = $t->admin(POST => '/users', { userName => 'kim', email => 'KIM@example.com' });
is($old->{status}, 201, 'an older account, made by hand') or diag $old->{body};
$old = $old->{json}{id};
is($t->admin(POST => '/links', { user => $old, issuer => 'https://login.example', subject => 'kim-saml' })->{status}, 201, 'which logs in');
is($t->admin(POST => '/grants', { user => $old, subscription => 'Basics' })->{status}, 201, 'and was granted something by hand');
my $twice = $t->admin(GET => '/duplicates')->{json}{items};
is_json([map { [$_->{key}, sort map { $_->{userName} } @{ $_->{accounts} }] } @$twice], [['kim@example.com', 'kim', 'kim.berg']], 'the report shows both');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'kim2', emails => [{ value => 'kim@example.com', primary => true }] }), 409, 'uniqueness',
    qr/already exists/i, 'the identity provider may not make a third');

# A link to a person who has left is removed.
my $link = $t->admin(GET => "/links?user=$old")->{json}{items}[0];
is_json([@$link{qw(issuer subject userName)}], ['https://login.example', 'kim-saml', 'kim'], 'the link is shown');
is_empty($t->admin(DELETE => "/links/$link->{id}"), 204, 'and cleared');
is_admin($t->admin(GET => "/links?user=$old"), 200, items(), 'gone');
is($t->admin(POST => '/links', { user => $old, issuer => 'https://login.example', subject => 'kim-oidc' })->{status}, 201, 'another one is recorded');

# The merge: the provisioned account stays, and gets what the other one had.
my $preview = $t->admin(GET => "/users/$old/merge?into=$kim");
is_json([$preview->{json}{refused}, scalar @{ $preview->{json}{links} }], [undef, 1], 'what a merge would carry over') or diag $preview->{body};
like($t->admin(POST => "/users/$old/merge", { into => $kim, confirm => 'kim.berg' })->{status}, qr/^4/, 'a wrong confirmation is refused');
is($t->admin(GET => "/users/$old")->{json}{state}, 'active', 'and changes nothing');
my $merged = $t->admin(POST => "/users/$old/merge", { into => $kim, confirm => 'kim' });
is_json([0 + $merged->{status}, $merged->{json}{id}], [200, $kim], 'the survivor keeps its id') or diag $merged->{body};
is_json([map { $_->{subject} } @{ $merged->{json}{links} }], ['kim-oidc'], 'and has the link');
is($t->admin(GET => "/users/$old")->{json}{state}, 'deleted', 'the other one is gone');
is_admin($t->admin(GET => '/duplicates'), 200, items(), 'nobody is there twice any more');
is(uses($kim), 'Basics', 'the subscription stays');
is($t->request(GET => "/Users/$kim")->{json}{userName}, 'kim.berg', 'the identity provider sees its account as it was');
is_json([map { $_->{actorKind} } grep { $_->{action} =~ /merge/ } @{ $t->admin(GET => "/audit?objectId=$kim")->{json}{items} }], ['admin'], 'the audit log has the merge');

done_testing;
