//! Who belongs to the workspace, and who is invited.

use super::api::{InviteMember, People, RemoveMember, SetMemberRole, WithdrawInvitation, list_people};
use super::tabs::SettingsFrame;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, CodeBlock, Confirm, Notice, Select, SelectOption, TableFrame, TextInput, TimeText, Tone};
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use model::{Invitation, Member, Permission, Role, Timestamp};

/// What each role may do, for the select.
fn role_options(may_own: bool) -> Vec<SelectOption> {
    let words = |role: Role| match role {
        Role::Owner => "Owner: everything, including handing it over",
        Role::Admin => "Admin: members, tokens, functions",
        Role::Editor => "Editor: jobs, manifests, objects",
        Role::Operator => "Operator: launch, stop, redrive",
        Role::Viewer => "Viewer: look",
    };
    let open = Role::ALL.into_iter().filter(|role| may_own || *role != Role::Owner);
    open.map(|role| SelectOption::new(role.as_str(), words(role))).collect()
}

#[derive(Clone, Copy)]
struct Actions {
    set_role: ServerAction<SetMemberRole>,
    remove: ServerAction<RemoveMember>,
    invite: ServerAction<InviteMember>,
    withdraw: ServerAction<WithdrawInvitation>,
}

/// `settings/members`
#[component]
pub fn MembersPage() -> impl IntoView {
    let place = Place::here();
    let actions = Actions {
        set_role: ServerAction::new(),
        remove: ServerAction::new(),
        invite: ServerAction::new(),
        withdraw: ServerAction::new(),
    };
    let changes = move || {
        (actions.set_role.version().get(), actions.remove.version().get(), actions.invite.version().get(), actions.withdraw.version().get())
    };
    let data = Resource::new(move || (place.w.get(), changes()), |(w, _)| list_people(w));
    view! {
        <SettingsFrame current="members" lead="People who may sign in to this workspace, and what each may do.">
            {general_error(failure(actions.set_role.value()))}
            {general_error(failure(actions.remove.value()))}
            {general_error(failure(actions.withdraw.value()))}
            {loaded(data, move |people, viewer| page(people, viewer, actions))}
        </SettingsFrame>
    }
}

fn page(people: People, viewer: Viewer, actions: Actions) -> impl IntoView + use<> {
    let now = people.now;
    let rows = people.members.into_iter().map(|member| row(member, &viewer, actions)).collect_view();
    let open = people.invitations;
    let form = invite_form(&viewer, actions);
    let open = (!open.is_empty()).then(|| invitations(open, now, &viewer, actions));
    view! {
        <Card title="Members">
            <TableFrame label="Members">
                <thead><tr><th scope="col">"Person"</th><th scope="col">"E-mail"</th><th scope="col">"Role"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </TableFrame>
        </Card>
        <Card title="Invite a person">{form}</Card>
        {open}
    }
}

fn row(member: Member, viewer: &Viewer, actions: Actions) -> impl IntoView + use<> {
    let id = member.user.id.to_string();
    let w = viewer.workspace.slug.clone();
    let blocked = match member.role {
        Role::Owner => viewer.blocked(Permission::Own),
        _ => viewer.blocked(Permission::Administer),
    };
    let options = role_options(viewer.may(Permission::Own));
    let current = member.role;
    let choices = options.into_iter().map(|option| {
        let selected = option.value == current.as_str();
        let word = option.label.split(':').next().unwrap_or_default().to_owned();
        view! { <option value=option.value title=option.label selected=selected>{word}</option> }
    });
    let choices = choices.collect_view();
    let label = format!("Role of {}", member.user.name);
    let (role_w, role_id) = (w.clone(), id.clone());
    let role = match &blocked {
        Some(why) => view! { <span title=why.clone()>{current.to_string()}</span> }.into_any(),
        None => view! {
            <ActionForm action=actions.set_role attr:class="mw-row">
                <input type="hidden" name="w" value=role_w/>
                <input type="hidden" name="user" value=role_id/>
                <select name="role" class="mw-input mw-input--dense" style="width:auto" aria-label=label>
                    {choices}
                </select>
                <Button submit=true dense=true kind=ButtonKind::Quiet>"Save role"</Button>
            </ActionForm>
        }
        .into_any(),
    };
    let question = format!("Remove {} from this workspace? Their runs, jobs and tokens stay.", member.user.name);
    let you = (member.user.id == viewer.user.id).then_some(" (you)");
    view! {
        <tr>
            <td><b>{member.user.name}</b>{you}</td>
            <td>{member.user.email}</td>
            <td>{role}</td>
            <td class="mw-table__actions">
                <Confirm label="Remove" question blocked=blocked>
                    <ActionForm action=actions.remove>
                        <input type="hidden" name="w" value=w/>
                        <input type="hidden" name="user" value=id/>
                        <Button submit=true dense=true kind=ButtonKind::Danger>"Remove member"</Button>
                    </ActionForm>
                </Confirm>
            </td>
        </tr>
    }
}

fn invite_form(viewer: &Viewer, actions: Actions) -> impl IntoView + use<> {
    let error = failure(actions.invite.value());
    let origin = use_url().with_untracked(|url| url.origin().to_owned());
    let link = move || {
        let link = format!("{origin}{}", actions.invite.value().get()?.ok()?);
        Some(view! {
            <Notice tone=Tone::Ok>
                <div class="mw-once">
                    <p><b>"The invitation is open for 7 days."</b>" Send this link to the person. It is shown this once and works once."</p>
                    <CodeBlock text=link what="invitation link"/>
                </div>
            </Notice>
        })
    };
    let w = viewer.workspace.slug.clone();
    let blocked = viewer.blocked(Permission::Administer);
    let options = role_options(viewer.may(Permission::Own));
    view! {
        <ActionForm action=actions.invite attr:class="mw-form">
            <input type="hidden" name="w" value=w/>
            <div class="mw-form__row">
                <TextInput name="email" label="E-mail" kind="email" required=true error=field_error(error, "email")/>
                <Select name="role" label="Role" value="editor".to_owned() options=options/>
            </div>
            {general_error(error)}
            {link}
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Make invitation link"</Button>
            </div>
        </ActionForm>
    }
}

fn invitations(open: Vec<Invitation>, now: Timestamp, viewer: &Viewer, actions: Actions) -> impl IntoView + use<> {
    let rows = open.into_iter().map(|invitation| {
        let w = viewer.workspace.slug.clone();
        let blocked = viewer.blocked(Permission::Administer);
        let question = format!("Withdraw the invitation of {}? Its link stops working.", invitation.email);
        view! {
            <tr>
                <td>{invitation.email}</td>
                <td>{invitation.role.to_string()}</td>
                <td>"ends "<TimeText at=invitation.expires_at now=now/></td>
                <td class="mw-table__actions">
                    <Confirm label="Withdraw" question blocked=blocked>
                        <ActionForm action=actions.withdraw>
                            <input type="hidden" name="w" value=w/>
                            <input type="hidden" name="invitation" value=invitation.token_hash/>
                            <Button submit=true dense=true kind=ButtonKind::Danger>"Withdraw invitation"</Button>
                        </ActionForm>
                    </Confirm>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title="Open invitations">
            <TableFrame label="Open invitations">
                <thead><tr><th scope="col">"E-mail"</th><th scope="col">"Role"</th><th scope="col">"Open"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </TableFrame>
        </Card>
    }
}
